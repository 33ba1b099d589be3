namespace IotTelemetry.Protocol.Tests;

/// <summary>One reading as tests write it down.</summary>
internal sealed record Reading(int Point, long TimestampMs, double Number, string? Text = null, Quality Quality = Quality.Good);
