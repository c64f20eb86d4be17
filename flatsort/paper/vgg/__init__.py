"""The paper's network of crops, and a slim one of the same shape, at three beta: docs/vgg16.md."""
