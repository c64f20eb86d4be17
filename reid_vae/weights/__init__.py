"""Trained weights: writing, reading, and the encoder of crops in torch and as an ONNX graph."""
