namespace IotTelemetry.Broker.Limits;

/// <summary>The bytes that all connections together may hold of what came behind a publish that waits. Thread-safe.</summary>
internal sealed class ReadAheadRoom(MqttBrokerOptions options)
{
    private long _taken;

    /// <summary>Raises what a connection holds to <paramref name="bytes"/>; false if that is more than one may have, or than is left.</summary>
    public bool TryRaise(ref long held, long bytes)
    {
        var more = bytes - held;
        if (bytes > options.ReadAheadBytes)
        {
            return false;
        }

        if (Interlocked.Add(ref _taken, more) > options.MaximumReadAheadBytes)
        {
            Interlocked.Add(ref _taken, -more);
            return false;
        }

        held = bytes;
        return true;
    }

    /// <summary>Gives back all that a connection holds.</summary>
    public void Return(long held) => Interlocked.Add(ref _taken, -held);
}
