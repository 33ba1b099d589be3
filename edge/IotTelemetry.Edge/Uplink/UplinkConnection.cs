namespace IotTelemetry.Edge.Uplink;

/// <summary>One connection to the broker.</summary>
/// <param name="Number">Rises with each connection.</param>
/// <param name="MaximumInFlight">Unanswered publishes the broker allows.</param>
/// <param name="MaximumMessageBytes">Largest packet the broker takes.</param>
/// <param name="Lost">Cancelled when the connection is lost.</param>
internal sealed record UplinkConnection(int Number, int MaximumInFlight, int MaximumMessageBytes, CancellationToken Lost);
