"""output/text"""
