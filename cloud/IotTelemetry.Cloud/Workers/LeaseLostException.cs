namespace IotTelemetry.Cloud.Workers;

/// <summary>Another worker writes for gateways that this process took frames of: what it has in memory is not to be trusted any more. It ends, and begins anew from the store.</summary>
internal sealed class LeaseLostException(string message) : Exception(message);
