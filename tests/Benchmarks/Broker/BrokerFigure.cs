namespace IotTelemetry.Benchmarks.Broker;

/// <summary>What one run of a broker work reached.</summary>
/// <param name="Work">What was done.</param>
/// <param name="MessagesPerSecond">Messages per second of wall clock.</param>
/// <param name="BytesPerMessage">Bytes allocated per message by the whole process, the load included (which allocates nothing); 0 for a broker outside it.</param>
public sealed record BrokerFigure(string Work, double MessagesPerSecond, double BytesPerMessage);
