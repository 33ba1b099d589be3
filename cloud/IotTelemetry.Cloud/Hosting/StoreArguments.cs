using System.CommandLine;
using IotTelemetry.ClickHouse.Server;
using IotTelemetry.Cloud.Schema;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>The options by which a command is told where the store is. Secrets come from files: a command line can be read by everybody on the machine.</summary>
internal sealed class StoreArguments
{
    private static readonly Dictionary<string, string> SingleSettings = new()
    {
        // Inserts are stored when they are answered, not gathered first.
        ["async_insert"] = "0",
    };

    // And on a cluster: by all shards concerned, and by the greater part of each one's replicas, so that no server's loss takes back what was confirmed.
    private static readonly Dictionary<string, string> ClusterSettings = new()
    {
        ["async_insert"] = "0",
        ["distributed_foreground_insert"] = "1",
        ["insert_quorum"] = "auto",
    };

    private readonly Option<string> _data = new("--data") { Description = "Directory of the store; created when it is not there", DefaultValueFactory = _ => "iot-data" };
    private readonly Option<string?> _library = new("--engine-library") { Description = "Path of libchdb.so, when it is not where it is looked for" };
    private readonly Option<string?> _servers = new("--clickhouse") { Description = "Uses a ClickHouse server instead of --data: http(s)://HOST:PORT, replicas divided by commas" };
    private readonly Option<string?> _user = new("--clickhouse-user") { Description = "User at the server" };
    private readonly Option<string?> _passwordFile = new("--clickhouse-password-file") { Description = "File with the user's password" };
    private readonly Option<string?> _tokenFile = new("--clickhouse-token-file") { Description = "File with a bearer token, in place of user and password" };
    private readonly Option<string?> _cluster = new("--clickhouse-cluster") { Description = "Cluster over which the tables are spread and replicated (a name of remote_servers in the servers' configuration)" };
    private readonly Option<string?> _authorities = new("--clickhouse-ca") { Description = "PEM file of the authorities that may have signed the server's certificate, in place of the system's" };

    /// <summary>Makes the options part of a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_data, _library, _servers, _user, _passwordFile, _tokenFile, _authorities, _cluster])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The values given, checked.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public StoreOptions Read(ParseResult parsed)
    {
        ClusterName? cluster = ClusterOf(parsed);
        ServerEngineOptions? servers = parsed.GetValue(_servers) is { } addresses
            ? new ServerEngineOptions
            {
                Settings = cluster is null ? SingleSettings : ClusterSettings,
                Endpoints = [.. addresses.Split(',', StringSplitOptions.TrimEntries).Select(Address)],
                UserName = parsed.GetValue(_user),
                Password = SecretFile.Read(parsed, _passwordFile),
                Token = SecretFile.Read(parsed, _tokenFile),
                CertificateAuthorityFile = parsed.GetValue(_authorities),
            }
            : null;
        if (servers is null)
        {
            foreach (Option<string?> option in (Option<string?>[])[_user, _passwordFile, _tokenFile, _authorities, _cluster])
            {
                if (parsed.GetValue(option) is { } value)
                {
                    throw new OptionException(option.Name, value, "it has a meaning together with --clickhouse only");
                }
            }
        }

        return new StoreOptions
        {
            DataDirectory = parsed.GetRequiredValue(_data),
            EngineLibrary = parsed.GetValue(_library) is { } path ? Path.GetFullPath(path) : null,
            Servers = servers,
            Cluster = cluster,
        }.Validate();
    }

    private ClusterName? ClusterOf(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(_cluster) is { } name ? ClusterName.Parse(name) : null;
        }
        catch (FormatException wrong)
        {
            throw new OptionException("--clickhouse-cluster", parsed.GetValue(_cluster), wrong.Message);
        }
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
        ? uri
        : throw new OptionException("--clickhouse", text, "allowed is http://HOST:PORT or https://HOST:PORT, several divided by commas");
}
