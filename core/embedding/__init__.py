"""Representations by themselves: is this one sane, and what does it look like?"""
