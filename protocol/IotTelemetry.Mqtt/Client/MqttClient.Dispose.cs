namespace IotTelemetry.Mqtt;

public sealed partial class MqttClient
{
    /// <summary>Disconnects on purpose, after what is already encoded has left, and ends the client; it does not reconnect.</summary>
    /// <param name="reason">
    /// <see cref="MqttReasonCode.Success"/>, <see cref="MqttReasonCode.DisconnectWithWillMessage"/> to have the will published, or an error.
    /// MQTT 3.1.1 knows only the first.
    /// </param>
    /// <param name="cancellationToken">Stops waiting; the client ends all the same.</param>
    public async Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success, CancellationToken cancellationToken = default)
    {
        if (State is MqttClientState.Closed or MqttClientState.Disposed)
        {
            return;
        }

        // First, so that no connection begins after we have looked for one; without a wait, so that the goodbye has begun when the caller gets the task
        // and a server that closes from then on is no loss.
        _ending.Cancel();
        Task supervisor;
        MqttConnection? connection;
        lock (_gate)
        {
            connection = _current;
            supervisor = _supervisor;
        }

        if (connection is not null)
        {
            await connection.CloseAsync(new ConnectionEnd(reason), reason, default, _options.DisposeTimeout).ConfigureAwait(false);
        }

        await supervisor.WaitAsync(_options.DisposeTimeout, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        Close(null);
    }

    /// <summary>
    /// Says goodbye if connected, ends all handlers, fails what still waits; takes at most about twice <see cref="MqttClientOptions.DisposeTimeout"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (State == MqttClientState.Disposed)
        {
            return;
        }

        try
        {
            await DisconnectAsync().ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The transport hangs in the operating system; it has been aborted, and nothing more can be done about it.
        }

        var handlers = Task.WhenAll(_subscriptions.Select(static subscription => subscription.Queue.DisposeAsync().AsTask()));
        await Task.WhenAny(handlers, Task.Delay(_options.DisposeTimeout, _options.TimeProvider)).ConfigureAwait(false);
        lock (_gate)
        {
            if (_state != MqttClientState.Disposed)
            {
                MoveTo(MqttClientState.Disposed);
            }
        }
    }
}
