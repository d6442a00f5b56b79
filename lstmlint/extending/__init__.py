"""extending"""
