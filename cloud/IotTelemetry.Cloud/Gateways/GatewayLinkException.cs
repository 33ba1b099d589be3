namespace IotTelemetry.Cloud.Gateways;

/// <summary>A message could not be handed to the broker.</summary>
internal sealed class GatewayLinkException(string message, Exception? inner = null) : Exception(message, inner);
