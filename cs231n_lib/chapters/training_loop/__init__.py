"""Chapter 1: layers, losses and gradient checks, the parts of the training loop."""

EXERCISES = (
    "affine_forward",
    "affine_backward",
    "relu_forward",
    "relu_backward",
    "softmax_loss",
    "svm_loss",
    "numerical_gradient",
    "relative_error",
    "two_layer_loss",
    "initial_loss",
)
