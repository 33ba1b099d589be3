using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IotTelemetry.Cloud.Gateways;
using IotTelemetry.Cloud.Workers;
using IotTelemetry.Mqtt;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>The options by which the service is told to take its gateways from another broker, alone or as one of several workers.</summary>
internal sealed class BrokerArguments
{
    /// <summary>The broker's address.</summary>
    public Option<string?> Broker { get; } = new("--broker") { Description = "Takes the gateways from this MQTT 5 broker instead of listening: mqtt(s)://HOST:PORT, ws(s)://HOST:PORT/PATH" };
    private readonly Option<string> _worker = new("--worker") { Description = "k/N: worker k of N, with every N-th of the 64 partitions; all workers write to one --clickhouse", DefaultValueFactory = _ => "1/1" };
    private readonly Option<string?> _user = new("--broker-user") { Description = "User at the broker" };
    private readonly Option<string?> _passwordFile = new("--broker-password-file") { Description = "File with the user's password" };
    private readonly Option<string?> _authorities = new("--broker-ca") { Description = "PEM file of the authorities that may have signed the broker's certificate, in place of the system's" };
    private readonly Option<string?> _client = new("--broker-client") { Description = "Client identifiers are this and the number of the partition; the same for all workers (default iot-cloud)" };
    private readonly Option<int?> _inFlight = new("--broker-in-flight") { Description = "Messages of the fleet that may be on their way from the broker into the store (default 8192)" };
    private readonly Option<int?> _session = new("--broker-session-s") { Description = "Seconds for which the broker keeps messages while no worker is there (default 3600)" };

    /// <summary>Makes the options part of a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Broker, _worker, _user, _passwordFile, _authorities, _client, _inFlight, _session])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The part of the fleet.</summary>
    /// <exception cref="OptionException">It is not k/N, or there is a part and no broker to take it from.</exception>
    public WorkerShare ReadShare(ParseResult parsed)
    {
        string text = parsed.GetRequiredValue(_worker);
        WorkerShare share = WorkerShare.Parse(_worker.Name, text);
        return share == WorkerShare.Whole || parsed.GetValue(Broker) is not null
            ? share
            : throw new OptionException(_worker.Name, text, "several workers need a broker that gateways connect to: give --broker");
    }

    /// <summary>The broker, checked; null for the one in this process.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public BrokerOptions? Read(ParseResult parsed)
    {
        if (parsed.GetValue(Broker) is not { } address)
        {
            foreach (Option option in (Option[])[_user, _passwordFile, _authorities, _client, _inFlight, _session])
            {
                if (parsed.GetResult(option) is { Implicit: false })
                {
                    throw new OptionException(option.Name, "given", "it has a meaning together with --broker only");
                }
            }

            return null;
        }

        BrokerOptions defaults = new() { Endpoint = Endpoint(address) };
        return (defaults with
        {
            UserName = parsed.GetValue(_user),
            Password = SecretFile.Read(parsed, _passwordFile),
            Tls = new MqttTlsOptions { TrustedAuthorities = Authorities(parsed) },
            ClientPrefix = parsed.GetValue(_client) ?? defaults.ClientPrefix,
            InFlight = parsed.GetValue(_inFlight) ?? defaults.InFlight,
            SessionExpiry = parsed.GetValue(_session) is { } seconds ? TimeSpan.FromSeconds(seconds) : defaults.SessionExpiry,
        }).Validate();
    }

    private static MqttEndpoint Endpoint(string text)
    {
        try
        {
            return MqttEndpoint.Parse(text);
        }
        catch (FormatException)
        {
            throw new OptionException("--broker", text, "allowed is mqtt://HOST:PORT, mqtts://HOST:PORT, ws://HOST:PORT/PATH or wss://HOST:PORT/PATH; user and password have options of their own");
        }
    }

    private X509Certificate2Collection? Authorities(ParseResult parsed)
    {
        if (parsed.GetValue(_authorities) is not { } file)
        {
            return null;
        }

        try
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(file);
            return authorities;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new OptionException(_authorities.Name, file, $"allowed is a PEM file: {unreadable.Message}");
        }
    }
}
