namespace IotTelemetry.Protocol;

/// <summary>A part of a gateway that does not work.</summary>
/// <param name="Part">Which: an asset's name, a bus, <c>outbox</c> … at most 128 characters.</param>
/// <param name="Problem">What is wrong, for a person, at most 512 characters.</param>
/// <param name="SinceMs">Since when, in Unix milliseconds.</param>
public sealed record GatewayFault(string Part, string Problem, long SinceMs);
