"""Pictures of models: pages of HTML and figures of SVG, written as text without a graphics library."""
