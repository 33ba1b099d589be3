using System.Text;
using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class AuthenticationTests : ClientFixture
{
    [Fact]
    public async Task Enhanced_authentication_answers_challenges_until_connack()
    {
        var (_, peer) = await AuthenticatedAsync();
        await peer.SendPingRespAsync();
    }

    [Fact]
    public async Task A_challenge_of_another_method_is_a_protocol_error()
    {
        var client = Create(Server.Options with { Authenticator = new Echo() });
        var connecting = client.ConnectAsync();
        var peer = await Server.AcceptAsync();
        await peer.ReadConnectAsync();
        await peer.SendAuthAsync(MqttReasonCode.ContinueAuthentication, "OTHER", "1");
        Assert.Equal(MqttReasonCode.ProtocolError, (await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting))).Reason);
    }

    [Fact]
    public async Task A_connack_without_the_method_is_a_protocol_error()
    {
        var client = Create(Server.Options with { Authenticator = new Echo() });
        var connecting = client.ConnectAsync();
        await Server.AcceptConnectedAsync();
        Assert.Equal(MqttReasonCode.ProtocolError, (await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting))).Reason);
    }

    [Fact]
    public async Task An_auth_or_a_method_nobody_asked_for_is_a_protocol_error()
    {
        var (_, peer) = await ConnectAsync();
        await peer.SendAuthAsync(MqttReasonCode.ContinueAuthentication, "ECHO", "1");
        Assert.Equal(MqttReasonCode.ProtocolError, await peer.ReadDisconnectAsync());

        using var server = new ScriptedServer();
        var uninvited = Create(server.Options);
        var connecting = uninvited.ConnectAsync();
        await server.AcceptConnectedAsync(new ConnAck { Properties = p => p.Add(MqttPropertyId.AuthenticationMethod, "ECHO") });
        await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting));
    }

    [Fact]
    public async Task Re_authentication_completes_when_the_server_accepts()
    {
        var (client, peer) = await AuthenticatedAsync();
        var again = client.ReauthenticateAsync();
        var packet = MqttPacketReader.ReadAuth((await peer.ReadAsync(MqttPacketType.Auth)).Body);
        Assert.Equal((MqttReasonCode.ReAuthenticate, "ECHO"), (packet.ReasonCode, packet.Properties.GetString(MqttPropertyId.AuthenticationMethod)));
        await peer.SendAuthAsync(MqttReasonCode.ContinueAuthentication, "ECHO", "2");
        packet = MqttPacketReader.ReadAuth((await peer.ReadAsync(MqttPacketType.Auth)).Body);
        Assert.Equal("re:2", Text(packet.Properties.GetBytes(MqttPropertyId.AuthenticationData)!.Value));
        await peer.SendAuthAsync(MqttReasonCode.Success, "ECHO", "");
        await Within.Time(again);
    }

    [Fact]
    public async Task A_re_authentication_fails_with_the_connection()
    {
        var (client, peer) = await AuthenticatedAsync();
        var again = client.ReauthenticateAsync();
        await peer.ReadAsync(MqttPacketType.Auth);
        await peer.SendDisconnectAsync(MqttReasonCode.NotAuthorized);
        await Assert.ThrowsAsync<MqttConnectionLostException>(() => Within.Time(again));
    }

    [Fact]
    public async Task Re_authentication_needs_an_authenticator()
    {
        var (client, _) = await ConnectAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.ReauthenticateAsync());
    }

    private async Task<(MqttClient Client, ScriptedPeer Peer)> AuthenticatedAsync()
    {
        var client = Create(Server.Options with { Authenticator = new Echo() });
        var connecting = client.ConnectAsync();
        var peer = await Server.AcceptAsync();
        var connect = await peer.ReadConnectAsync();
        Assert.Equal("ECHO", connect.Properties.GetString(MqttPropertyId.AuthenticationMethod));
        Assert.Equal("start", Text(connect.Properties.GetBytes(MqttPropertyId.AuthenticationData)!.Value));
        await peer.SendAuthAsync(MqttReasonCode.ContinueAuthentication, "ECHO", "1");
        var answer = MqttPacketReader.ReadAuth((await peer.ReadAsync(MqttPacketType.Auth)).Body);
        Assert.Equal(MqttReasonCode.ContinueAuthentication, answer.ReasonCode);
        Assert.Equal("re:1", Text(answer.Properties.GetBytes(MqttPropertyId.AuthenticationData)!.Value));
        await peer.SendConnAckAsync(new ConnAck { Properties = p => p.Add(MqttPropertyId.AuthenticationMethod, "ECHO") });
        await Within.Time(connecting);
        return (client, peer);
    }

    private sealed class Echo : IMqttAuthenticator
    {
        public string Method => "ECHO";

        public ValueTask<ReadOnlyMemory<byte>> StartAsync(CancellationToken cancellationToken) => new("start"u8.ToArray());

        public ValueTask<ReadOnlyMemory<byte>> ContinueAsync(ReadOnlyMemory<byte> challenge, CancellationToken cancellationToken) =>
            new(Encoding.UTF8.GetBytes($"re:{Text(challenge)}"));
    }
}
