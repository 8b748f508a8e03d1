"""Puts product images into the catalogue of an image service, and publishes them."""
