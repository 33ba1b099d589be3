using System.CommandLine;
using IotTelemetry.Cloud.Door;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>The options of the door for other machines.</summary>
internal sealed class DoorTlsArguments
{
    private readonly Option<string?> _https = new("--https") { Description = "Address of the HTTP door for other machines, with TLS; every user needs a password there" };
    private readonly Option<string?> _certificate = new("--certificate") { Description = "PEM file of its certificate, with the authorities between it and the root" };
    private readonly Option<string?> _key = new("--certificate-key") { Description = "PEM file of the certificate's private key" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_https);
        command.Add(_certificate);
        command.Add(_key);
    }

    /// <summary>What was given; null without <c>--https</c>.</summary>
    /// <exception cref="OptionException">A value is not allowed, or one is missing.</exception>
    public DoorTls? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_https) is not { } address)
        {
            return null;
        }

        return parsed.GetValue(_certificate) is { } certificate && parsed.GetValue(_key) is { } key
            ? DoorTls.Read(BindAddress.ParseAny("--https", address), certificate, key)
            : throw new OptionException("--https", address, "it needs --certificate and --certificate-key");
    }
}
