namespace IotTelemetry.Mqtt;

/// <summary>
/// Pings when the line has been quiet in either direction for half the keep-alive, and calls the link dead when nothing arrives within another 0.9 after that:
/// at most 1.4 keep-alives after the last byte, whatever the socket says (MQTT 5.0 section 3.1.2.10; the server's own limit is 1.5).
/// </summary>
internal sealed class KeepAliveMonitor(TimeSpan keepAlive, TimeProvider time)
{
    private long _lastReceived = time.GetTimestamp();
    private long _lastSent = time.GetTimestamp();

    /// <summary>Notes that bytes arrived. Thread-safe.</summary>
    public void Received() => Volatile.Write(ref _lastReceived, time.GetTimestamp());

    /// <summary>Notes that bytes were sent. Thread-safe.</summary>
    public void Sent() => Volatile.Write(ref _lastSent, time.GetTimestamp());

    /// <summary>Completes when the link is dead, or when cancelled; never if keep-alive is off.</summary>
    /// <param name="ping">Sends a PINGREQ.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task WatchAsync(Action ping, CancellationToken cancellationToken)
    {
        if (keepAlive == TimeSpan.Zero)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
        }

        var quiet = keepAlive / 2;
        var patience = keepAlive * 0.9;
        while (true)
        {
            var oldest = Math.Min(Volatile.Read(ref _lastReceived), Volatile.Read(ref _lastSent));
            var wait = quiet - time.GetElapsedTime(oldest);
            if (wait > TimeSpan.Zero)
            {
                await Delay(wait, cancellationToken).ConfigureAwait(false);
                continue;
            }

            var pinged = time.GetTimestamp();
            ping();
            Sent();
            if (!await AnythingArrivesAsync(pinged, patience, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private async Task<bool> AnythingArrivesAsync(long pinged, TimeSpan patience, CancellationToken cancellationToken)
    {
        // In quarters, so that an answer is seen soon enough for the next ping to be on time.
        for (var left = 4; left > 0; left--)
        {
            await Delay(patience / 4, cancellationToken).ConfigureAwait(false);
            if (Volatile.Read(ref _lastReceived) >= pinged)
            {
                return true;
            }
        }

        return false;
    }

    // A timer may fire a little early; a whole millisecond keeps the loop from spinning on the rest.
    private Task Delay(TimeSpan wait, CancellationToken cancellationToken) =>
        Task.Delay(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait, time, cancellationToken);
}
