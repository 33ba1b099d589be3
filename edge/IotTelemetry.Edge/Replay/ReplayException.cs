namespace IotTelemetry.Edge.Replay;

/// <summary>A file cannot be replayed at all: it is not of the format it was said to be, or an argument is not allowed.</summary>
internal sealed class ReplayException(string message) : Exception(message);
