namespace IotTelemetry.Broker.Sessions;

/// <summary>What the broker keeps for one client identifier.</summary>
internal sealed class Session
{
    public bool IsReady { get; set; }

    public bool IsConnected { get; set; }
}
