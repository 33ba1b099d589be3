using System.Text;
using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>Authentication, plain and enhanced (MQTT 5.0 section 4.12), and permissions.</summary>
public sealed class ServerHookTests
{
    [Fact]
    public async Task A_wrong_password_is_refused_with_0x86()
    {
        await using var host = await TestBroker.StartAsync(authenticator: new PasswordAuthenticator());
        await using var wrong = await RawClient.OpenAsync(host.TcpPort);
        await using var right = await RawClient.OpenAsync(host.TcpPort);

        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, (await wrong.HandshakeAsync("c", With("nope"))).ReasonCode);
        Assert.Equal(MqttReasonCode.Success, (await right.HandshakeAsync("c", With("secret"))).ReasonCode);
        await wrong.ExpectClosedAsync();
        Assert.Equal(1, host.Broker.Counters.ConnectionsRefused);

        static MqttConnectPacket With(string password) => new() { UserName = "u"u8.ToArray(), Password = Encoding.UTF8.GetBytes(password) };
    }

    [Fact]
    public async Task An_authenticator_that_throws_refuses_with_0x88()
    {
        await using var host = await TestBroker.StartAsync(authenticator: new ThrowingAuthenticator());
        await using var client = await RawClient.OpenAsync(host.TcpPort);

        Assert.Equal(MqttReasonCode.ServerUnavailable, (await client.HandshakeAsync("c")).ReasonCode);
    }

    [Fact]
    public async Task Enhanced_authentication_exchanges_AUTH_until_it_succeeds_and_can_be_repeated()
    {
        await using var host = await TestBroker.StartAsync(authenticator: new ChallengeAuthenticator());
        await using var client = await RawClient.OpenAsync(host.TcpPort);
        await client.SendAsync(output => MqttPacketWriter.WriteConnect(output, new MqttConnectPacket
        {
            ClientId = "c"u8.ToArray(), Properties = Method("challenge", "hello"u8).Build(),
        }));

        Assert.Equal("prove hello", await ChallengeAsync(client));
        await SendAuthAsync(client, MqttReasonCode.ContinueAuthentication, "hello!");
        var connAck = MqttPacketReader.ReadConnAck((await client.ReceiveAsync(MqttPacketType.ConnAck)).Body, client.Version);
        Assert.Equal(MqttReasonCode.Success, connAck.ReasonCode);
        Assert.Equal("challenge", connAck.Properties.GetString(MqttPropertyId.AuthenticationMethod));

        await SendAuthAsync(client, MqttReasonCode.ReAuthenticate, "again");
        Assert.Equal("prove again", await ChallengeAsync(client));
        await client.ExpectNothingAsync();
        await SendAuthAsync(client, MqttReasonCode.ContinueAuthentication, "again!");
        Assert.Equal(MqttReasonCode.Success, MqttPacketReader.ReadAuth((await client.ReceiveAsync(MqttPacketType.Auth)).Body).ReasonCode);

        await SendAuthAsync(client, MqttReasonCode.ReAuthenticate, "third");
        await ChallengeAsync(client);
        await SendAuthAsync(client, MqttReasonCode.ContinueAuthentication, "wrong");
        await client.ExpectDisconnectAsync(MqttReasonCode.NotAuthorized);
    }

    [Fact]
    public async Task An_unknown_authentication_method_is_refused_with_0x8C()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.OpenAsync(host.TcpPort);

        Assert.Equal(MqttReasonCode.BadAuthenticationMethod, (await client.HandshakeAsync("c", properties: Method("x", ""u8))).ReasonCode);
    }

    [Fact]
    public async Task AUTH_without_a_method_in_CONNECT_is_a_protocol_error()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await SendAuthAsync(client, MqttReasonCode.ReAuthenticate, "x");

        await client.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [Fact]
    public async Task Another_packet_during_authentication_is_a_protocol_error()
    {
        await using var host = await TestBroker.StartAsync(authenticator: new ChallengeAuthenticator());
        await using var client = await RawClient.OpenAsync(host.TcpPort);
        await client.SendAsync(output => MqttPacketWriter.WriteConnect(output, new MqttConnectPacket
        {
            ClientId = "c"u8.ToArray(), Properties = Method("challenge", "hello"u8).Build(),
        }));
        await ChallengeAsync(client);

        await client.PublishAsync("a", "x");

        var connAck = MqttPacketReader.ReadConnAck((await client.ReceiveAsync(MqttPacketType.ConnAck)).Body, client.Version);
        Assert.Equal(MqttReasonCode.ProtocolError, connAck.ReasonCode);
        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task Permissions_are_asked_for_publishes_subscriptions_and_wills()
    {
        await using var host = await TestBroker.StartAsync(authorizer: new OwnTopicAuthorizer());
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");
        await client.PublishAsync("c/x", "1", qos: 1, packetId: 1);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).ReasonCode);
        await client.PublishAsync("d/x", "1", qos: 1, packetId: 2);
        Assert.Equal(MqttReasonCode.NotAuthorized, (await client.ReceiveAckAsync(MqttPacketType.PubAck)).ReasonCode);
        Assert.Equal([0x00], await client.SubscribeAsync("c/#"));
        Assert.Equal([0x87], await client.SubscribeAsync("d/#"));
        Assert.Equal([0x87], await client.SubscribeAsync("$share/g/d/#"));
        await using var willing = await RawClient.OpenAsync(host.TcpPort);
        var refused = await willing.HandshakeAsync("w", new MqttConnectPacket { Will = new MqttWillPacket { Topic = "d/x"u8.ToArray() } });
        Assert.Equal(MqttReasonCode.NotAuthorized, refused.ReasonCode);
        Assert.Equal(4, host.Broker.Counters.PermissionsRefused);
    }

    [Fact]
    public async Task A_3_1_1_client_gets_0x80_for_a_refused_subscription()
    {
        await using var host = await TestBroker.StartAsync(authorizer: new OwnTopicAuthorizer());
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c", MqttProtocolVersion.V311);

        Assert.Equal([0x80], await client.SubscribeAsync("d/#"));
    }

    private static MqttPropertyBuilder Method(string method, ReadOnlySpan<byte> data) =>
        new MqttPropertyBuilder().Add(MqttPropertyId.AuthenticationMethod, method).Add(MqttPropertyId.AuthenticationData, data);

    private static Task SendAuthAsync(RawClient client, MqttReasonCode reason, string data) => client.SendAsync(output =>
        MqttPacketWriter.WriteAuth(output, new MqttAuthPacket(reason, Method("challenge", Encoding.UTF8.GetBytes(data)).Build())));

    private static async Task<string> ChallengeAsync(RawClient client)
    {
        var auth = MqttPacketReader.ReadAuth((await client.ReceiveAsync(MqttPacketType.Auth)).Body);
        Assert.Equal(MqttReasonCode.ContinueAuthentication, auth.ReasonCode);
        return Encoding.UTF8.GetString(auth.Properties.GetBytes(MqttPropertyId.AuthenticationData)!.Value.Span);
    }

    private sealed class PasswordAuthenticator : IMqttClientAuthenticator
    {
        public ValueTask<MqttClientAuthenticationResult> AuthenticateAsync(MqttClientAuthenticationRequest request, CancellationToken cancellation) =>
            ValueTask.FromResult(request.Password is { } password && password.Span.SequenceEqual("secret"u8)
                ? MqttClientAuthenticationResult.Accepted
                : MqttClientAuthenticationResult.BadCredentials);
    }

    private sealed class ThrowingAuthenticator : IMqttClientAuthenticator
    {
        public ValueTask<MqttClientAuthenticationResult> AuthenticateAsync(MqttClientAuthenticationRequest request, CancellationToken cancellation) =>
            throw new InvalidOperationException("the directory is down");
    }

    /// <summary>Says a word and wants it back with an exclamation mark.</summary>
    private sealed class ChallengeAuthenticator : IMqttClientAuthenticator
    {
        public ValueTask<MqttClientAuthenticationResult> AuthenticateAsync(MqttClientAuthenticationRequest request, CancellationToken cancellation)
        {
            var said = Encoding.UTF8.GetString(request.Data!.Value.Span);
            if (request.Step == 0)
            {
                return ValueTask.FromResult(new MqttClientAuthenticationResult
                {
                    ReasonCode = MqttReasonCode.ContinueAuthentication, Data = Encoding.UTF8.GetBytes($"prove {said}"), State = said,
                });
            }

            return ValueTask.FromResult(said == $"{request.State}!"
                ? MqttClientAuthenticationResult.Accepted
                : new MqttClientAuthenticationResult { ReasonCode = MqttReasonCode.NotAuthorized });
        }
    }

    /// <summary>Everybody may use the topics that begin with their own identifier.</summary>
    private sealed class OwnTopicAuthorizer : IMqttClientAuthorizer
    {
        public bool MayPublish(MqttClientInfo client, ReadOnlySpan<byte> topicUtf8, MqttQualityOfService qualityOfService, bool retain) =>
            topicUtf8.StartsWith(Encoding.UTF8.GetBytes(client.ClientId + "/"));

        public bool MaySubscribe(MqttClientInfo client, ReadOnlySpan<byte> filterUtf8) => filterUtf8.StartsWith(Encoding.UTF8.GetBytes(client.ClientId + "/"));
    }
}
