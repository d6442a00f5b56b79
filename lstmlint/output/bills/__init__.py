"""Bills of materials for machine learning (CycloneDX), and statements of exploitability (VEX) in them."""
