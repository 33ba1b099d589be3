namespace IotTelemetry.Edge.Uplink;

/// <summary>What the broker said to a publish.</summary>
/// <param name="Accepted">Whether it took responsibility.</param>
/// <param name="Reason">Its reason code and text; empty when accepted.</param>
internal readonly record struct PublishAnswer(bool Accepted, string Reason);
