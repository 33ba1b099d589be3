namespace IotTelemetry.Cloud.Operate;

/// <summary>The service refused what a verb asked for.</summary>
internal sealed class ServiceRefusedException(string message) : Exception(message);
