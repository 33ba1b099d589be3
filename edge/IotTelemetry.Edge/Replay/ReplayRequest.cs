namespace IotTelemetry.Edge.Replay;

/// <summary>What to replay, and as whom.</summary>
internal sealed record ReplayRequest(string File, string Format, string Site, string Gateway, string Endpoint, string StateDirectory, string TimeZone);
