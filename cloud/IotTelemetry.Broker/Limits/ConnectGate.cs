namespace IotTelemetry.Broker.Limits;

/// <summary>Lets connections in at a bounded rate, in the order they came; those whose turn is too far away are refused at once. Thread-safe.</summary>
internal sealed class ConnectGate(MqttBrokerOptions options, BrokerClock clock)
{
    private readonly Lock _gate = new();
    private TokenBucket _bucket = new(options.ConnectionsPerSecond, options.ConnectionBurst, clock.Now);

    /// <summary>How long this connection has to wait, or <see langword="null"/> if it is refused.</summary>
    public TimeSpan? Enter()
    {
        if (options.ConnectionsPerSecond == 0)
        {
            return TimeSpan.Zero;
        }

        lock (_gate)
        {
            var wait = TimeSpan.FromMilliseconds(_bucket.Spend(1, clock.Now));
            if (wait <= options.ConnectTimeout)
            {
                return wait;
            }

            _bucket.Refund(1);
            return null;
        }
    }
}
