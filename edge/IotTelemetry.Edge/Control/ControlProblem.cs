namespace IotTelemetry.Edge.Control;

/// <summary>Why a request was not understood or cannot be answered.</summary>
internal sealed record ControlProblem(string Problem);
