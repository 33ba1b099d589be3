using System.Text;
using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Peers;

namespace IotTelemetry.Mqtt.Tests.Client;

public sealed class ConnectTests : ClientFixture
{
    [Fact]
    public async Task Every_option_reaches_the_wire()
    {
        var client = Create(Server.Options with
        {
            KeepAlive = TimeSpan.FromSeconds(60),
            UserName = "user",
            Password = Encoding.UTF8.GetBytes("pass"),
            ReceiveMaximum = 7,
            MaximumPacketSize = 9999,
            TopicAliasMaximum = 5,
            SessionExpiry = TimeSpan.MaxValue,
            RequestResponseInformation = true,
            UserProperties = [new MqttUserProperty("k", "v")],
            Will = new MqttWill(Message("will", "gone", 1) with { Retain = true, ContentType = "t" }, TimeSpan.FromSeconds(9)),
        });
        _ = client.ConnectAsync();
        var connect = await (await Server.AcceptAsync()).ReadConnectAsync();
        Assert.Equal((Server.ClientId, 60), (Text(connect.ClientId), connect.KeepAliveSeconds));
        Assert.Equal(("user", "pass"), (Text(connect.UserName!.Value), Text(connect.Password!.Value)));
        Assert.Equal(7u, connect.Properties.GetNumber(MqttPropertyId.ReceiveMaximum));
        Assert.Equal(9999u, connect.Properties.GetNumber(MqttPropertyId.MaximumPacketSize));
        Assert.Equal(5u, connect.Properties.GetNumber(MqttPropertyId.TopicAliasMaximum));
        Assert.Equal(uint.MaxValue, connect.Properties.GetNumber(MqttPropertyId.SessionExpiryInterval));
        Assert.Equal(1u, connect.Properties.GetNumber(MqttPropertyId.RequestResponseInformation));
        Assert.Equal([new MqttUserProperty("k", "v")], connect.Properties.GetUserProperties());
        var will = connect.Will!;
        Assert.Equal(("will", "gone", MqttQualityOfService.AtLeastOnce, true), (Text(will.Topic), Text(will.Payload), will.QualityOfService, will.Retain));
        Assert.Equal(9u, will.Properties.GetNumber(MqttPropertyId.WillDelayInterval));
        Assert.Equal("t", will.Properties.GetString(MqttPropertyId.ContentType));
    }

    [Fact]
    public async Task What_the_server_says_is_reported()
    {
        var (client, _) = await ConnectAsync(answer: new ConnAck
        {
            Properties = p => p.Add(MqttPropertyId.ServerKeepAlive, 77).Add(MqttPropertyId.ResponseInformation, "r").AddUser("k", "v")
                .Add(MqttPropertyId.SharedSubscriptionAvailable, 0).Add(MqttPropertyId.SessionExpiryInterval, 5),
        });
        var info = client.ConnectionInfo!;
        Assert.Equal(TimeSpan.FromSeconds(77), info.KeepAlive);
        Assert.Equal(TimeSpan.FromSeconds(5), info.SessionExpiry);
        Assert.Equal("r", info.ResponseInformation);
        Assert.False(info.SharedSubscriptionAvailable);
        Assert.True(info.WildcardSubscriptionAvailable);
        Assert.Equal([new MqttUserProperty("k", "v")], info.UserProperties);
        Assert.Equal(MqttClientState.Connected, client.State);
    }

    [Fact]
    public async Task A_refusal_is_reported_with_its_reason_and_server_reference_and_may_be_tried_again()
    {
        var client = Create(Server.Options);
        var connecting = client.ConnectAsync();
        await Server.AcceptConnectedAsync(new ConnAck(Reason: MqttReasonCode.ServerMoved)
        {
            Properties = p => p.Add(MqttPropertyId.ServerReference, "other:1883").Add(MqttPropertyId.ReasonString, "moved"),
        });
        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting));
        Assert.Equal((MqttReasonCode.ServerMoved, "other:1883", "moved"), (exception.Reason, exception.ServerReference, exception.ReasonString));
        Assert.Equal(MqttClientState.Created, client.State);
        connecting = client.ConnectAsync();
        await Server.AcceptConnectedAsync();
        await Within.Time(connecting);
    }

    [Fact]
    public async Task A_3_1_1_refusal_has_the_reason_code_of_the_same_meaning()
    {
        var client = Create(Server.Options with { ProtocolVersion = MqttProtocolVersion.V311 });
        var connecting = client.ConnectAsync();
        var peer = await Server.AcceptAsync(MqttProtocolVersion.V311);
        await peer.ReadConnectAsync();
        await peer.SendRawAsync(new byte[] { 0x20, 2, 0, 4 });
        Assert.Equal(MqttReasonCode.BadUserNameOrPassword, (await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting))).Reason);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_after_the_time_out()
    {
        var client = Create(Server.Options with { ConnectTimeout = TimeSpan.FromMilliseconds(100) });
        var connecting = client.ConnectAsync();
        await Server.AcceptAsync();
        Assert.Null((await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting))).Reason);
    }

    [Fact]
    public async Task A_cancelled_connect_ends_at_once_and_the_token_means_nothing_later()
    {
        var client = Create(Server.Options);
        using var cancel = new CancellationTokenSource();
        var connecting = client.ConnectAsync(cancel.Token);
        await Server.AcceptAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within.Time(connecting));

        using var later = new CancellationTokenSource();
        var other = Create(Server.Options);
        connecting = other.ConnectAsync(later.Token);
        var peer = await Server.AcceptConnectedAsync();
        await Within.Time(connecting);
        await later.CancelAsync();
        peer.Dispose();
        await Server.AcceptConnectedAsync(); // it still reconnects
    }

    [Fact]
    public async Task A_server_that_closes_before_connack_fails_the_attempt()
    {
        var client = Create(Server.Options);
        var connecting = client.ConnectAsync();
        var peer = await Server.AcceptAsync();
        await peer.SendRawAsync(new byte[] { 0x20, 3, 0 });
        peer.Dispose();
        await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting));
    }

    [Fact]
    public async Task The_first_connection_may_be_tried_until_it_succeeds()
    {
        var options = Server.Options;
        var client = Create(options with { Reconnect = options.Reconnect with { RetryFirstConnection = true } });
        var connecting = client.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            (await Server.AcceptAsync()).Dispose();
        }

        await Server.AcceptConnectedAsync();
        await Within.Time(connecting);
    }

    [Fact]
    public async Task A_session_that_was_not_asked_for_is_a_protocol_error()
    {
        var client = Create(Server.Options);
        var connecting = client.ConnectAsync();
        await Server.AcceptConnectedAsync(new ConnAck(SessionPresent: true));
        Assert.Equal(MqttReasonCode.ProtocolError, (await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting))).Reason);
    }

    [Fact]
    public async Task Packets_before_connack_are_a_protocol_error()
    {
        var client = Create(Server.Options);
        var connecting = client.ConnectAsync();
        await (await Server.AcceptAsync()).SendPingRespAsync();
        Assert.Equal(MqttReasonCode.ProtocolError, (await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(connecting))).Reason);
    }

    [Theory]
    [InlineData("mqtt://host", MqttTransportKind.Tcp, "host", 1883)]
    [InlineData("mqtts://[::1]:99", MqttTransportKind.Tls, "::1", 99)]
    [InlineData("ws://host/path", MqttTransportKind.WebSocket, "host", 80)]
    [InlineData("wss://host", MqttTransportKind.SecureWebSocket, "host", 443)]
    public void Endpoints_are_read_and_written(string text, MqttTransportKind kind, string host, int port)
    {
        var endpoint = MqttEndpoint.Parse(text);
        Assert.Equal((kind, host, port), (endpoint.Kind, endpoint.Host, endpoint.Port));
        Assert.Equal(endpoint, MqttEndpoint.Parse(endpoint.ToString()));
    }

    [Theory]
    [InlineData("http://host")]
    [InlineData("host:1883")]
    [InlineData("mqtt://")]
    [InlineData("mqtt://host/path")]
    [InlineData("mqtt://user@host")]
    public void What_is_no_endpoint_is_refused_with_what_is_allowed(string text) =>
        Assert.Contains("Allowed", Assert.Throws<FormatException>(() => MqttEndpoint.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_option_out_of_range_is_named_with_its_value_and_what_is_allowed()
    {
        var message = Assert.Throws<ArgumentException>(() => new MqttClient(Server.Options with { ReceiveMaximum = 0 })).Message;
        Assert.Contains("ReceiveMaximum is 0. Allowed: 1 to 65535", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new MqttClient(Server.Options with { ClientId = "", CleanStart = false }));
        Assert.Throws<ArgumentException>(() => new MqttClient(Server.Options with { KeepAlive = TimeSpan.FromMilliseconds(1500) }));
        Assert.Throws<ArgumentException>(() => new MqttClient(Server.Options with { Will = new MqttWill(Message("a/#", "x", 0)) }));
    }
}
