using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Transport;

namespace IotTelemetry.Mqtt;

/// <summary>Opens a transport and speaks CONNECT, AUTH and CONNACK (MQTT 5.0 sections 3.1, 3.2, 4.12).</summary>
internal sealed class ConnectionOpener(MqttClientOptions options)
{
    /// <summary>Makes one attempt, within the connect time-out.</summary>
    /// <param name="clientId">The client identifier to use.</param>
    /// <param name="cleanStart">Whether to discard an earlier session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MqttConnectException">Refused, unreachable, or no answer in time.</exception>
    public async Task<OpenedConnection> OpenAsync(string clientId, bool cleanStart, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var tls = new TlsAttempt(options.Endpoint, options.Tls);
        try
        {
            return await AttemptAsync(clientId, cleanStart, tls, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MqttConnectException($"{options.Endpoint} did not accept a connection within {options.ConnectTimeout}.", innerException: exception);
        }
        catch (MqttProtocolException exception)
        {
            throw new MqttConnectException($"{options.Endpoint} broke the protocol: {exception.Message}", exception.Reason, innerException: exception);
        }
        catch (Exception exception) when (exception is SocketException or IOException or WebSocketException or AuthenticationException
            or ObjectDisposedException)
        {
            throw tls.Explain(exception) ?? new MqttConnectException($"{options.Endpoint} cannot be reached: {exception.Message}", innerException: exception);
        }
    }

    private async Task<OpenedConnection> AttemptAsync(string clientId, bool cleanStart, TlsAttempt tls, CancellationToken cancellationToken)
    {
        var transport = await TransportConnector.ConnectAsync(options, tls, cancellationToken).ConfigureAwait(false);
        var received = new ReceiveBuffer(options.MaximumPacketSize);
        try
        {
            var outgoing = new OutgoingBuffer(options.OutgoingBufferBytes);
            var authenticationData = options.Authenticator is { } authenticator
                ? await authenticator.StartAsync(cancellationToken).ConfigureAwait(false)
                : default;
            MqttPacketWriter.WriteConnect(outgoing, ConnectPacketBuilder.Build(options, clientId, cleanStart, authenticationData));
            await transport.SendAsync(outgoing.Swap(), cancellationToken).ConfigureAwait(false);
            while (true)
            {
                var (header, body) = await ReadPacketAsync(transport, received, cancellationToken).ConfigureAwait(false);
                switch (header.Type)
                {
                    case MqttPacketType.ConnAck:
                        var answer = MqttPacketReader.ReadConnAck(body, options.ProtocolVersion);
                        var info = ConnAckInterpreter.Interpret(answer, options, clientId, cleanStart);
                        return new OpenedConnection(transport, received, info);
                    case MqttPacketType.Auth when options.Authenticator is not null:
                        await ContinueAsync(options.Authenticator, transport, outgoing, body, cancellationToken).ConfigureAwait(false);
                        break;
                    default:
                        throw MqttProtocolException.Protocol($"[MQTT-3.2.0-1] the server sent {header.Type} before CONNACK");
                }
            }
        }
        catch
        {
            received.Dispose();
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task ContinueAsync(
        IMqttAuthenticator authenticator, IMqttTransport transport, OutgoingBuffer outgoing, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var challenge = AuthExchange.ReadChallenge(authenticator, body);
        var data = await authenticator.ContinueAsync(challenge, cancellationToken).ConfigureAwait(false);
        AuthExchange.Write(outgoing, authenticator, MqttReasonCode.ContinueAuthentication, data);
        await transport.SendAsync(outgoing.Swap(), cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<(MqttFixedHeader Header, ReadOnlyMemory<byte> Body)> ReadPacketAsync(
        IMqttTransport transport, ReceiveBuffer received, CancellationToken cancellationToken)
    {
        MqttFixedHeader header;
        ReadOnlyMemory<byte> body;
        while (!received.TryRead(out header, out body))
        {
            var count = await transport.ReceiveAsync(received.GetFreeSpace(), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new IOException("the server closed the connection before CONNACK");
            }

            received.Advance(count);
        }

        return (header, body);
    }
}
