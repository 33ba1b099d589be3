using IotTelemetry.Broker.Connections;
using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Broker.Handlers;
using IotTelemetry.Broker.Limits;
using IotTelemetry.Broker.Retained;
using IotTelemetry.Broker.Routing;
using IotTelemetry.Broker.Sessions;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Broker;

/// <summary>The parts of one broker, wired once and shared by its connections and sessions.</summary>
internal sealed class BrokerCore
{
    public BrokerCore(MqttBrokerOptions options, BrokerClock clock, ILogger logger, IMqttClientAuthenticator? authenticator, IMqttClientAuthorizer? authorizer, ISessionStore store)
    {
        Options = options;
        Clock = clock;
        Logger = logger;
        Authenticator = authenticator;
        Authorizer = authorizer;
        Store = store;
        Retained = new RetainedStore(options.MaximumRetainedMessages, options.MaximumRetainedBytes);
        ConnectGate = new ConnectGate(options, clock);
        ReadAhead = new ReadAheadRoom(options);
        Sessions = new SessionRegistry(this);
        Router = new MessageRouter(Retained, Metrics, store);
        Wills = new WillPublisher(this);
    }

    public MqttBrokerOptions Options { get; }

    public BrokerClock Clock { get; }

    public ILogger Logger { get; }

    public IMqttClientAuthenticator? Authenticator { get; }

    public IMqttClientAuthorizer? Authorizer { get; }

    public ISessionStore Store { get; }

    public BrokerMetrics Metrics { get; } = new();

    public SubscriptionTable Subscriptions { get; } = new();

    public TopicTree<HandlerRegistration> Handlers { get; } = new();

    public RetainedStore Retained { get; }

    public ConnectGate ConnectGate { get; }

    public ReadAheadRoom ReadAhead { get; }

    public SessionRegistry Sessions { get; }

    public ConnectionTable Connections { get; } = new();

    public MessageRouter Router { get; }

    public WillPublisher Wills { get; }
}
