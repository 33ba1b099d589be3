using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using IotTelemetry.Mqtt.Tests.Peers;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Mqtt.Tests.Interop;

/// <summary>The client against a broker nobody here wrote.</summary>
public sealed class MosquittoTests
{
    [MosquittoFact]
    public Task Messages_of_every_quality_make_the_round_trip_in_5_0() => RoundTripAsync(MqttProtocolVersion.V500);

    [MosquittoFact]
    public Task Messages_of_every_quality_make_the_round_trip_in_3_1_1() => RoundTripAsync(MqttProtocolVersion.V311);

    [MosquittoFact]
    public async Task Messages_make_the_round_trip_over_tls_with_a_client_certificate()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(certificates: certificates);
        await RoundTripAsync(new MqttClientOptions
        {
            Endpoint = new MqttEndpoint(MqttTransportKind.Tls, "127.0.0.1", broker.TlsPort),
            Tls = new MqttTlsOptions { TrustedAuthorities = [certificates.Authority], ClientCertificate = () => certificates.ClientContext },
        });
    }

    [MosquittoFact]
    public async Task A_server_of_another_authority_is_not_trusted()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(certificates: certificates);
        await using var client = new MqttClient(new MqttClientOptions
        {
            Endpoint = new MqttEndpoint(MqttTransportKind.Tls, "127.0.0.1", broker.TlsPort),
            Tls = new MqttTlsOptions { TrustedAuthorities = [others.Authority], ClientCertificate = () => certificates.ClientContext },
        });
        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(client.ConnectAsync()));
        Assert.Equal(MqttTlsFailure.UntrustedAuthority, exception.TlsFailure);
    }

    [MosquittoFact]
    public async Task Without_its_client_certificate_a_client_is_refused()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(certificates: certificates);
        await using var client = new MqttClient(new MqttClientOptions
        {
            Endpoint = new MqttEndpoint(MqttTransportKind.Tls, "127.0.0.1", broker.TlsPort),
            Tls = new MqttTlsOptions { TrustedAuthorities = [certificates.Authority] },
        });
        Assert.Equal(MqttTlsFailure.ClientCertificate, (await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(client.ConnectAsync()))).TlsFailure);
    }

    [MosquittoFact]
    public async Task A_port_without_tls_is_told_from_a_certificate_that_is_wrong()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var client = new MqttClient(new MqttClientOptions { Endpoint = new MqttEndpoint(MqttTransportKind.Tls, "127.0.0.1", broker.Port) });
        Assert.Equal(MqttTlsFailure.Handshake, (await Assert.ThrowsAsync<MqttConnectException>(() => Within.Time(client.ConnectAsync()))).TlsFailure);
    }

    [MosquittoFact]
    public async Task Messages_make_the_round_trip_over_websocket()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await RoundTripAsync(new MqttClientOptions { Endpoint = new MqttEndpoint(MqttTransportKind.WebSocket, "127.0.0.1", broker.WebSocketPort) });
    }

    [MosquittoFact]
    public async Task Every_property_of_a_message_survives_the_broker()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var client = await ConnectAsync(broker);
        var checkedAll = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Within.Time(client.SubscribeAsync("p", (message, _) =>
        {
            if (message.PayloadIsUtf8 && message.ContentType == "t" && message.ResponseTopic == "r" && message.CorrelationData.Span.SequenceEqual("c"u8)
                && message.MessageExpiry <= TimeSpan.FromSeconds(60)
                && message.UserProperties.SequenceEqual([new MqttUserProperty("k", "1"), new MqttUserProperty("k", "2")]))
            {
                checkedAll.SetResult();
            }

            return ValueTask.CompletedTask;
        }));
        await Within.Time(client.PublishAsync(new MqttMessage
        {
            Topic = "p",
            Payload = "x"u8.ToArray(),
            PayloadIsUtf8 = true,
            ContentType = "t",
            ResponseTopic = "r",
            CorrelationData = "c"u8.ToArray(),
            MessageExpiry = TimeSpan.FromSeconds(60),
            UserProperties = [new MqttUserProperty("k", "1"), new MqttUserProperty("k", "2")],
            QualityOfService = MqttQualityOfService.AtLeastOnce,
        }));
        await Within.Time(checkedAll.Task);
    }

    [MosquittoFact]
    public async Task Retained_messages_come_with_the_subscription_and_are_cleared_by_an_empty_one()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var client = await ConnectAsync(broker);
        await PublishAsync(client, "kept/a", "old", retain: true);
        await PublishAsync(client, "kept/b", "gone", retain: true);
        await PublishAsync(client, "kept/b", "", retain: true);
        var (received, _) = await CollectAsync(client, "kept/#");
        await PublishAsync(client, "kept/end", "end");
        Assert.Equal("kept/a old retained", await Within.Time(received.Reader.ReadAsync()));
        Assert.Equal("kept/end end", await Within.Time(received.Reader.ReadAsync()));
    }

    [MosquittoFact]
    public async Task A_shared_subscription_divides_the_messages()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var one = await ConnectAsync(broker);
        await using var two = await ConnectAsync(broker);
        var (first, _) = await CollectAsync(one, "$share/workers/jobs");
        var (second, _) = await CollectAsync(two, "$share/workers/jobs");
        for (var i = 0; i < 20; i++)
        {
            await PublishAsync(one, "jobs", $"{i}");
        }

        var seen = new HashSet<string>();
        using var limit = new CancellationTokenSource(Within.Limit);
        while (seen.Count < 20)
        {
            var pending = Task.WhenAny(first.Reader.WaitToReadAsync(limit.Token).AsTask(), second.Reader.WaitToReadAsync(limit.Token).AsTask());
            Assert.True(await await pending);
            foreach (var reader in (ChannelReader<string>[])[first.Reader, second.Reader])
            {
                while (reader.TryRead(out var message))
                {
                    Assert.True(seen.Add(message));
                }
            }
        }
    }

    [MosquittoFact]
    public async Task The_will_is_published_when_the_client_says_so_and_not_after_a_normal_goodbye()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var watcher = await ConnectAsync(broker);
        var (received, _) = await CollectAsync(watcher, "will/#");
        foreach (var (name, reason) in ((string, MqttReasonCode)[])[("quiet", MqttReasonCode.Success), ("loud", MqttReasonCode.DisconnectWithWillMessage)])
        {
            await using var client = new MqttClient(Options(broker) with
            {
                Will = new MqttWill(new MqttMessage { Topic = $"will/{name}", Payload = "gone"u8.ToArray() }),
            });
            await Within.Time(client.ConnectAsync());
            await Within.Time(client.DisconnectAsync(reason));
        }

        Assert.Equal("will/loud gone", await Within.Time(received.Reader.ReadAsync()));
    }

    [MosquittoFact]
    public async Task A_goodbye_said_while_the_connection_begins_is_sent()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var watcher = await ConnectAsync(broker);
        var (received, _) = await CollectAsync(watcher, "will/#");
        var log = new RecordingLog();
        await using (var client = new MqttClient(Options(broker) with { Logger = log, Will = new MqttWill(new MqttMessage { Topic = "will/hasty", Payload = "gone"u8.ToArray() }) }))
        {
            var goodbye = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
            client.Connected += _ => goodbye.SetResult(client.DisconnectAsync());
            await Within.Time(client.ConnectAsync());
            await Within.Time(goodbye.Task.Unwrap());
        }

        await PublishAsync(watcher, "will/end", "end");
        Assert.Equal("will/end end", await Within.Time(received.Reader.ReadAsync()));
        Assert.DoesNotContain(log.Entries, static entry => entry.Level > LogLevel.Information);
    }

    [MosquittoFact]
    public async Task A_goodbye_is_no_warning_although_the_broker_closes_first()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var log = new RecordingLog();
        for (var i = 0; i < 100; i++)
        {
            await using var client = new MqttClient(Options(broker) with { Logger = log });
            await Within.Time(client.ConnectAsync());
        }

        Assert.DoesNotContain(log.Entries, static entry => entry.Level > LogLevel.Information);
    }

    [MosquittoFact]
    public async Task A_session_resumes_and_delivers_what_came_meanwhile()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var persistent = Options(broker) with { ClientId = "keeper", CleanStart = false, SessionExpiry = TimeSpan.FromMinutes(5) };
        await using (var client = new MqttClient(persistent))
        {
            await Within.Time(client.ConnectAsync());
            await CollectAsync(client, "queue/#");
        }

        await using var other = await ConnectAsync(broker);
        await PublishAsync(other, "queue/1", "waited");
        await using var again = new MqttClient(persistent);
        var received = Channel.CreateUnbounded<string>();
        await again.SubscribeAsync("queue/#", Collect(received)); // registered before connecting, so nothing is missed
        Assert.True((await Within.Time(again.ConnectAsync())).SessionPresent);
        Assert.Equal("queue/1 waited", await Within.Time(received.Reader.ReadAsync()));
    }

    [MosquittoFact]
    public async Task Publishing_goes_on_through_a_broker_restart()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var client = new MqttClient(Options(broker) with
        {
            ClientId = "survivor",
            SessionExpiry = TimeSpan.FromMinutes(5),
            Reconnect = new MqttReconnectOptions
            {
                InitialDelay = TimeSpan.FromMilliseconds(20),
                MaximumDelay = TimeSpan.FromMilliseconds(100),
                StableAfter = TimeSpan.Zero,
            },
        });
        await Within.Time(client.ConnectAsync());
        var seen = new ConcurrentDictionary<string, int>();
        await Within.Time(client.SubscribeAsync("r", (message, _) =>
        {
            seen.AddOrUpdate(Encoding.UTF8.GetString(message.Payload.Span), 1, static (_, count) => count + 1);
            return ValueTask.CompletedTask;
        }));
        var restart = Task.CompletedTask;
        for (var i = 0; i < 400; i++)
        {
            if (i is 100 or 200)
            {
                await restart;
                restart = broker.RestartAsync();
            }

            Assert.True((await Within.Time(client.PublishAsync(Message("r", $"{i}")))).IsSuccess);
        }

        await restart;
        Assert.True(client.Counters.Connections >= 3);

        // The broker forgets at a kill what it had acknowledged and not yet delivered; what it took after the last restart must all be here.
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Within.Time(client.SubscribeAsync("end", (_, _) =>
        {
            last.TrySetResult();
            return ValueTask.CompletedTask;
        }));
        await PublishAsync(client, "end", "x");
        await Within.Time(last.Task);
        Assert.All(Enumerable.Range(300, 100), i => Assert.True(seen.ContainsKey($"{i}")));
    }

    [MosquittoFact]
    public async Task Requests_are_answered()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var asker = await ConnectAsync(broker);
        await using var answerer = await ConnectAsync(broker);
        await Within.Time(answerer.SubscribeAsync("double", async (message, stop) =>
        {
            var number = int.Parse(Encoding.UTF8.GetString(message.Payload.Span), null);
            await answerer.PublishAsync(message.CreateResponse(Encoding.UTF8.GetBytes($"{number * 2}")), stop);
        }));
        await using var requester = await Within.Time(MqttRequester.StartAsync(asker, "answers/asker"));
        var answers = await Within.Time(Task.WhenAll(Enumerable.Range(0, 50).Select(
            i => requester.RequestAsync(Message("double", $"{i}"), TimeSpan.FromSeconds(10)))));
        Assert.Equal(Enumerable.Range(0, 50).Select(static i => $"{i * 2}"), answers.Select(static answer => Encoding.UTF8.GetString(answer.Payload.Span)));
    }

    [MosquittoFact]
    public async Task Ten_thousand_messages_through_a_window_of_twenty_arrive_once_and_in_order()
    {
        await using var broker = await MosquittoBroker.StartAsync("max_queued_messages 0");
        await using var client = new MqttClient(Options(broker) with { MaximumInFlight = 20 });
        await Within.Time(client.ConnectAsync());
        var numbers = new List<int>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Within.Time(client.SubscribeAsync(
            "n",
            (message, _) =>
            {
                numbers.Add(BitConverter.ToInt32(message.Payload.Span));
                if (numbers.Count == 10_000)
                {
                    all.SetResult();
                }

                return ValueTask.CompletedTask;
            },
            new MqttSubscribeOptions { MaximumQualityOfService = MqttQualityOfService.ExactlyOnce }));
        var publishing = Enumerable.Range(0, 10_000).Select(i => client.PublishAsync(new MqttMessage
        {
            Topic = "n",
            Payload = BitConverter.GetBytes(i),
            QualityOfService = MqttQualityOfService.ExactlyOnce,
        }).AsTask()).ToArray();
        await Within.Time(Task.WhenAll(publishing));
        await Within.Time(all.Task);
        Assert.Equal(Enumerable.Range(0, 10_000), numbers);
    }

    private static MqttClientOptions Options(MosquittoBroker broker) => new() { Endpoint = broker.Endpoint };

    private static MqttMessage Message(string topic, string payload) => new()
    {
        Topic = topic,
        Payload = Encoding.UTF8.GetBytes(payload),
        QualityOfService = MqttQualityOfService.AtLeastOnce,
    };

    private static async Task<MqttClient> ConnectAsync(MosquittoBroker broker)
    {
        var client = new MqttClient(Options(broker));
        await Within.Time(client.ConnectAsync());
        return client;
    }

    private static async Task PublishAsync(MqttClient client, string topic, string payload, bool retain = false) =>
        Assert.True((await Within.Time(client.PublishAsync(Message(topic, payload) with { Retain = retain }))).IsSuccess);

    private static MqttMessageHandler Collect(Channel<string> received) => (message, _) =>
    {
        received.Writer.TryWrite($"{message.Topic} {Encoding.UTF8.GetString(message.Payload.Span)}{(message.Retain ? " retained" : "")}");
        return ValueTask.CompletedTask;
    };

    private static async Task<(Channel<string> Received, MqttSubscription Subscription)> CollectAsync(MqttClient client, string filter)
    {
        var received = Channel.CreateUnbounded<string>();
        return (received, await Within.Time(client.SubscribeAsync(filter, Collect(received))));
    }

    private static async Task RoundTripAsync(MqttProtocolVersion version)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await RoundTripAsync(Options(broker) with { ProtocolVersion = version });
    }

    private static async Task RoundTripAsync(MqttClientOptions options)
    {
        await using var client = new MqttClient(options);
        await Within.Time(client.ConnectAsync());
        var received = Channel.CreateUnbounded<string>();
        await Within.Time(client.SubscribeAsync(
            "test/#",
            (message, _) =>
            {
                received.Writer.TryWrite($"{message.Topic} {Encoding.UTF8.GetString(message.Payload.Span)} {message.QualityOfService}");
                return ValueTask.CompletedTask;
            },
            new MqttSubscribeOptions { MaximumQualityOfService = MqttQualityOfService.ExactlyOnce }));
        foreach (var quality in Enum.GetValues<MqttQualityOfService>())
        {
            for (var i = 0; i < 50; i++)
            {
                var message = Message($"test/{quality}", $"{i}") with { QualityOfService = quality };
                Assert.True((await Within.Time(client.PublishAsync(message))).IsSuccess);
            }

            for (var i = 0; i < 50; i++)
            {
                Assert.Equal($"test/{quality} {i} {quality}", await Within.Time(received.Reader.ReadAsync()));
            }
        }

        // Larger than any buffer on the way; but mosquitto 2.0 stalls sending more than its socket buffer takes over WebSocket.
        var size = options.Endpoint.Kind == MqttTransportKind.WebSocket ? 100_000 : 1_000_000;
        await Within.Time(client.PublishAsync(Message("test/large", new string('x', size))));
        Assert.Equal(size, (await Within.Time(received.Reader.ReadAsync())).Count(static c => c == 'x'));
    }
}
