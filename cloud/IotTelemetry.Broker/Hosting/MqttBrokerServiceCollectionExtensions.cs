using IotTelemetry.Broker;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the broker to a host.</summary>
public static class MqttBrokerServiceCollectionExtensions
{
    /// <summary>
    /// Adds the singleton <see cref="MqttBroker"/>. An <see cref="IMqttClientAuthenticator"/>, an <see cref="IMqttClientAuthorizer"/> and a <see cref="TimeProvider"/>
    /// are taken from the services when they are there.
    /// </summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IServiceCollection AddMqttBroker(this IServiceCollection services, MqttBrokerOptions options)
    {
        options.Validate();
        services.AddLogging();
        services.AddSingleton(provider => new MqttBroker(
            options,
            provider.GetRequiredService<ILogger<MqttBroker>>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<IMqttClientAuthenticator>(),
            provider.GetService<IMqttClientAuthorizer>()));
        services.AddSingleton<MqttConnectionHandler>();
        return services;
    }
}
