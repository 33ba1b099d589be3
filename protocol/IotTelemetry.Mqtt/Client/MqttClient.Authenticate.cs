using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Mqtt;

/// <content>Enhanced authentication on an open connection (MQTT 5.0 section 4.12.1).</content>
public sealed partial class MqttClient
{
    private TaskCompletionSource? _reauthentication;

    /// <summary>Authenticates again on the open connection, with <see cref="MqttClientOptions.Authenticator"/>. Completes when the server accepts.</summary>
    /// <exception cref="InvalidOperationException">No authenticator, not connected, or a re-authentication is under way.</exception>
    /// <exception cref="MqttConnectionLostException">The server closed the connection instead.</exception>
    public async Task ReauthenticateAsync(CancellationToken cancellationToken = default)
    {
        var authenticator = _options.Authenticator ?? throw new InvalidOperationException("MqttClientOptions.Authenticator is not set.");
        var data = await authenticator.StartAsync(cancellationToken).ConfigureAwait(false);
        TaskCompletionSource done;
        lock (_gate)
        {
            if (_connection is not { } connection || _reauthentication is not null)
            {
                throw new InvalidOperationException("Re-authentication needs an open connection and one at a time [MQTT-4.12.1-1].");
            }

            done = _reauthentication = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            AuthExchange.Write(connection.Outgoing, authenticator, MqttReasonCode.ReAuthenticate, data);
            connection.Wake();
        }

        await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    internal async ValueTask OnAuthAsync(MqttConnection connection, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        TaskCompletionSource? done;
        lock (_gate)
        {
            done = _reauthentication;
        }

        if (_options.Authenticator is not { } authenticator || done is null)
        {
            throw MqttProtocolException.Protocol("[MQTT-4.12.0-6] the server sent AUTH although no authentication is under way");
        }

        var packet = MqttPacketReader.ReadAuth(body);
        if (packet.ReasonCode == MqttReasonCode.Success)
        {
            AuthExchange.CheckMethod(authenticator, packet.Properties);
            EndReauthentication(null);
            return;
        }

        var challenge = AuthExchange.ReadChallenge(authenticator, body);
        var data = await authenticator.ContinueAsync(challenge, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (connection == _connection)
            {
                AuthExchange.Write(connection.Outgoing, authenticator, MqttReasonCode.ContinueAuthentication, data);
                connection.Wake();
            }
        }
    }

    private void EndReauthentication(Exception? error)
    {
        lock (_gate)
        {
            var done = _reauthentication;
            _reauthentication = null;
            if (error is null)
            {
                done?.TrySetResult();
            }
            else
            {
                done?.TrySetException(error);
            }
        }
    }
}
