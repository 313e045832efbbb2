"""Starts ONNX Runtime as we need it: one thread, no waiting in circles, silent."""

import onnxruntime as ort


def start(model: bytes) -> ort.InferenceSession:
    """Load a network into this process."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
