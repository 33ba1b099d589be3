using IotTelemetry.Broker.Tests.Support;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;

namespace IotTelemetry.Broker.Tests.Protocol;

/// <summary>CONNECT, CONNACK and what may come when (MQTT 5.0 sections 3.1, 3.2, 3.14, 4.13).</summary>
public sealed class ServerConnectTests
{
    [Fact]
    public async Task A_first_packet_that_is_not_CONNECT_closes_the_connection()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.OpenAsync(host.TcpPort);

        await client.SendAsync(0xC0, 0);

        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task A_second_CONNECT_is_a_protocol_error()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "twice");

        await client.SendAsync(output => MqttPacketWriter.WriteConnect(output, new MqttConnectPacket { ClientId = "twice"u8.ToArray() }));

        await client.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [Theory]
    [InlineData(3, MqttProtocolVersion.V311)]
    [InlineData(6, MqttProtocolVersion.V500)]
    public async Task An_unknown_protocol_level_is_answered_with_CONNACK_0x84_and_closed(byte level, MqttProtocolVersion answer)
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.OpenAsync(host.TcpPort, answer);

        await client.SendAsync([0x10, 13, 0, 4, .. "MQTT"u8, level, 2, 0, 0, 0, 1, (byte)'a']);

        var connAck = MqttPacketReader.ReadConnAck((await client.ReceiveAsync(MqttPacketType.ConnAck)).Body, answer);
        Assert.Equal(MqttReasonCode.UnsupportedProtocolVersion, connAck.ReasonCode);
        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task A_malformed_CONNECT_of_version_5_is_answered_with_CONNACK_0x81()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.OpenAsync(host.TcpPort);

        // the reserved flag is set
        await client.SendAsync([0x10, 14, 0, 4, .. "MQTT"u8, 5, 3, 0, 0, 0, 0, 1, (byte)'a']);

        var connAck = MqttPacketReader.ReadConnAck((await client.ReceiveAsync(MqttPacketType.ConnAck)).Body, MqttProtocolVersion.V500);
        Assert.Equal(MqttReasonCode.MalformedPacket, connAck.ReasonCode);
        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task A_malformed_CONNECT_of_version_3_1_1_is_closed_without_an_answer()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.OpenAsync(host.TcpPort, MqttProtocolVersion.V311);

        await client.SendAsync([0x10, 13, 0, 4, .. "MQTT"u8, 4, 3, 0, 0, 0, 1, (byte)'a']);

        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task A_client_without_an_identifier_is_given_one()
    {
        await using var host = await TestBroker.StartAsync();

        await using var client = await RawClient.ConnectAsync(host.TcpPort, "");

        Assert.NotEmpty(client.ConnAck.Properties.GetString(MqttPropertyId.AssignedClientIdentifier)!);
    }

    [Fact]
    public async Task A_3_1_1_client_without_an_identifier_needs_a_clean_session()
    {
        await using var host = await TestBroker.StartAsync();
        await using var dirty = await RawClient.OpenAsync(host.TcpPort, MqttProtocolVersion.V311);
        await using var clean = await RawClient.OpenAsync(host.TcpPort, MqttProtocolVersion.V311);

        Assert.Equal(MqttReasonCode.ClientIdentifierNotValid, (await dirty.HandshakeAsync("", new MqttConnectPacket())).ReasonCode);
        Assert.Equal(MqttReasonCode.Success, (await clean.HandshakeAsync("")).ReasonCode);
        await dirty.ExpectClosedAsync();
    }

    [Fact]
    public async Task CONNACK_names_the_brokers_limits()
    {
        var options = new MqttBrokerOptions
        {
            ReceiveMaximum = 7, MaximumPacketSize = 5000, TopicAliasMaximum = 3, MaximumKeepAlive = TimeSpan.FromSeconds(30), MaximumSessionExpiry = TimeSpan.FromSeconds(60),
        };
        await using var host = await TestBroker.StartAsync(options);

        await using var client = await RawClient.ConnectAsync(
            host.TcpPort, "c", connect: new MqttConnectPacket { KeepAliveSeconds = 300 }, properties: new MqttPropertyBuilder().Add(MqttPropertyId.SessionExpiryInterval, 3600));

        var properties = client.ConnAck.Properties;
        Assert.Equal(7u, properties.GetNumber(MqttPropertyId.ReceiveMaximum));
        Assert.Equal(5000u, properties.GetNumber(MqttPropertyId.MaximumPacketSize));
        Assert.Equal(3u, properties.GetNumber(MqttPropertyId.TopicAliasMaximum));
        Assert.Equal(30u, properties.GetNumber(MqttPropertyId.ServerKeepAlive));
        Assert.Equal(60u, properties.GetNumber(MqttPropertyId.SessionExpiryInterval));
    }

    [Fact]
    public async Task A_packet_above_the_maximum_size_is_answered_with_0x95()
    {
        await using var host = await TestBroker.StartAsync(new MqttBrokerOptions { MaximumPacketSize = 2000 });
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "large");

        await client.PublishAsync("a", new string('x', 2001));

        await client.ExpectDisconnectAsync(MqttReasonCode.PacketTooLarge);
    }

    [Fact]
    public async Task A_packet_that_only_a_server_sends_is_a_protocol_error()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "server-like");

        await client.SendAsync(0xD0, 0);

        await client.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [Fact]
    public async Task A_second_connection_takes_the_session_over_and_the_first_is_told_0x8E()
    {
        await using var host = await TestBroker.StartAsync();
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "same");

        await using var second = await RawClient.ConnectAsync(host.TcpPort, "same");

        await first.ExpectDisconnectAsync(MqttReasonCode.SessionTakenOver);
        await second.ExpectNothingAsync();
        Assert.Equal(1, host.Broker.Counters.Sessions);
    }

    [Fact]
    public async Task Silence_of_one_and_a_half_keep_alives_ends_the_connection_with_0x8D()
    {
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(time: time);
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "quiet", connect: new MqttConnectPacket { CleanStart = true, KeepAliveSeconds = 10 });

        time.Advance(TimeSpan.FromSeconds(14));
        await client.ExpectNothingAsync();
        time.Advance(TimeSpan.FromSeconds(16));

        await client.ExpectDisconnectAsync(MqttReasonCode.KeepAliveTimeout);
        Assert.Equal(1, host.Broker.Counters.KeepAliveTimeouts);
    }

    [Fact]
    public async Task A_connection_without_CONNECT_is_closed_when_its_time_is_over()
    {
        var time = new ManualTime();
        await using var host = await TestBroker.StartAsync(time: time);
        await using var client = await RawClient.OpenAsync(host.TcpPort);
        await Eventually.HoldsAsync(() => host.Broker.Counters.Connections == 1, "the broker sees the connection");

        time.Advance(TimeSpan.FromSeconds(11));

        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task DISCONNECT_must_not_make_a_session_stay_that_was_to_end()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        await client.DisconnectAsync(properties: new MqttPropertyBuilder().Add(MqttPropertyId.SessionExpiryInterval, 60));

        await client.ExpectDisconnectAsync(MqttReasonCode.ProtocolError);
    }

    [Fact]
    public async Task A_broker_that_stops_tells_its_clients_0x8B()
    {
        var host = await TestBroker.StartAsync();
        await using var client = await RawClient.ConnectAsync(host.TcpPort, "c");

        var stopping = host.DisposeAsync();

        await client.ExpectDisconnectAsync(MqttReasonCode.ServerShuttingDown);
        await stopping;
    }

    [Theory]
    [InlineData("a")]
    [InlineData("0123456789abcdefghijklm")]
    [InlineData("NOPQRSTUVWXYZ")]
    [InlineData("ein längerer Name, der auch geht: 日本")]
    public async Task Client_identifiers_of_every_kind_are_allowed(string clientId)
    {
        await using var host = await TestBroker.StartAsync();

        await using var client = await RawClient.ConnectAsync(host.TcpPort, clientId);

        Assert.Null(client.ConnAck.Properties.GetString(MqttPropertyId.AssignedClientIdentifier));
    }

    [Fact]
    public async Task Assigned_identifiers_differ()
    {
        await using var host = await TestBroker.StartAsync();
        await using var first = await RawClient.ConnectAsync(host.TcpPort, "");
        await using var second = await RawClient.ConnectAsync(host.TcpPort, "");

        Assert.NotEqual(
            first.ConnAck.Properties.GetString(MqttPropertyId.AssignedClientIdentifier), second.ConnAck.Properties.GetString(MqttPropertyId.AssignedClientIdentifier));
    }

    [Fact]
    public async Task Nothing_behind_a_refused_CONNECT_is_processed()
    {
        await using var host = await TestBroker.StartAsync(authenticator: new RefusingAuthenticator());
        await using var client = await RawClient.OpenAsync(host.TcpPort);

        await client.SendAsync(output =>
        {
            MqttPacketWriter.WriteConnect(output, new MqttConnectPacket { ClientId = "c"u8.ToArray() });
            MqttPacketWriter.WritePublish(output, new MqttPublishPacket { Topic = "a"u8.ToArray(), Payload = "x"u8.ToArray(), Retain = true }, client.Version);
        });

        await client.ReceiveAsync(MqttPacketType.ConnAck);
        await client.ExpectClosedAsync();
        Assert.Equal(0, host.Broker.Counters.RetainedMessages);
        Assert.Equal(0, host.Broker.Counters.PublishesReceived);
    }

    [Fact]
    public async Task Packets_sent_before_CONNACK_has_come_are_processed_after_it()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.OpenAsync(host.TcpPort);

        await client.SendAsync(output =>
        {
            MqttPacketWriter.WriteConnect(output, new MqttConnectPacket { ClientId = "c"u8.ToArray() });
            MqttPacketWriter.WritePublish(
                output, new MqttPublishPacket { Topic = "a"u8.ToArray(), QualityOfService = MqttQualityOfService.AtLeastOnce, PacketId = 1 }, client.Version);
        });

        await client.ReceiveAsync(MqttPacketType.ConnAck);
        await client.ReceiveAckAsync(MqttPacketType.PubAck);
    }

    [Fact]
    public async Task A_refusal_has_no_reason_string_that_the_client_could_not_take()
    {
        await using var host = await TestBroker.StartAsync();
        await using var client = await RawClient.OpenAsync(host.TcpPort);

        var refusal = await client.HandshakeAsync(
            "c",
            new MqttConnectPacket { Will = new MqttWillPacket { Topic = "$SYS/x"u8.ToArray() } },
            new MqttPropertyBuilder().Add(MqttPropertyId.MaximumPacketSize, 20));

        Assert.Equal((MqttReasonCode.NotAuthorized, null), (refusal.ReasonCode, refusal.Properties.GetString(MqttPropertyId.ReasonString)));
    }

    private sealed class RefusingAuthenticator : IMqttClientAuthenticator
    {
        public ValueTask<MqttClientAuthenticationResult> AuthenticateAsync(MqttClientAuthenticationRequest request, CancellationToken cancellation) =>
            ValueTask.FromResult(MqttClientAuthenticationResult.BadCredentials);
    }
}
