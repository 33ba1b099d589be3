namespace IotTelemetry.Broker.Connections;

/// <summary>Told when an output that was full has been written.</summary>
internal interface IOutputOwner
{
    /// <summary>Everything appended is written, after <see cref="ConnectionOutput.NotifyOwnerWhenEmpty"/>. Called on the thread pool.</summary>
    void OutputEmptied();
}
