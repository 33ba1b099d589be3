using System.CommandLine;
using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>The options by which a command is told where the store is. Secrets come from files: a command line can be read by everybody on the machine.</summary>
internal sealed class StoreArguments
{
    private readonly Option<string> _data = new("--data") { Description = "Directory of the store; created when it is not there", DefaultValueFactory = _ => "iot-data" };
    private readonly Option<string?> _library = new("--engine-library") { Description = "Path of libchdb.so, when it is not where it is looked for" };
    private readonly Option<string?> _servers = new("--clickhouse") { Description = "Uses a ClickHouse server instead of --data: http(s)://HOST:PORT, replicas divided by commas" };
    private readonly Option<string?> _user = new("--clickhouse-user") { Description = "User at the server" };
    private readonly Option<string?> _passwordFile = new("--clickhouse-password-file") { Description = "File with the user's password" };
    private readonly Option<string?> _tokenFile = new("--clickhouse-token-file") { Description = "File with a bearer token, in place of user and password" };
    private readonly Option<string?> _authorities = new("--clickhouse-ca") { Description = "PEM file of the authorities that may have signed the server's certificate, in place of the system's" };

    /// <summary>Makes the options part of a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_data, _library, _servers, _user, _passwordFile, _tokenFile, _authorities])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The values given, checked.</summary>
    /// <exception cref="OptionException">A value is not allowed.</exception>
    public StoreOptions Read(ParseResult parsed)
    {
        ServerEngineOptions? servers = parsed.GetValue(_servers) is { } addresses
            ? new ServerEngineOptions
            {
                Endpoints = [.. addresses.Split(',', StringSplitOptions.TrimEntries).Select(Address)],
                UserName = parsed.GetValue(_user),
                Password = Secret(parsed, _passwordFile),
                Token = Secret(parsed, _tokenFile),
                CertificateAuthorityFile = parsed.GetValue(_authorities),
            }
            : null;
        if (servers is null)
        {
            foreach (Option<string?> option in (Option<string?>[])[_user, _passwordFile, _tokenFile, _authorities])
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
        }.Validate();
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
        ? uri
        : throw new OptionException("--clickhouse", text, "allowed is http://HOST:PORT or https://HOST:PORT, several divided by commas");

    private static string? Secret(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } file)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new OptionException(option.Name, file, $"allowed is a file that can be read: {unreadable.Message}");
        }
    }
}
