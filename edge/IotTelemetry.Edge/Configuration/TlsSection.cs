using IotTelemetry.Edge.Tls;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Reads the section <c>mqtt.tls</c> and its files: every key of it stands here, with what is allowed.</summary>
/// <param name="section">The section.</param>
/// <param name="directory">Where relative paths start.</param>
/// <param name="opensFiles">False checks the keys alone.</param>
internal sealed class TlsSection(ConfigurationSection section, string directory, bool opensFiles)
{
    /// <summary>What the section says; null when it is not there or its files are not opened.</summary>
    public TlsFiles? Read()
    {
        if (section.Has("certificate") != section.Has("key"))
        {
            section.Mistake($"has {(section.Has("key") ? "a key without its certificate" : "a certificate without its key")}; allowed: both or neither");
        }

        var authorities = ReadFile("authorities", "a PEM file of certificates with a root among them", PemFile.Authorities);
        var certificates = ReadFile("certificate", "a PEM file of this device's certificate and its intermediates, in this order", PemFile.Certificates);
        var identity = ReadFile("key", "a PEM file of the certificate's private key (RSA or elliptic curve, not encrypted)", text => certificates is null ? null : PemFile.Identity(certificates.Value.Content, text));
        var serverName = section.Text("serverName");
        if (serverName is not null && Uri.CheckHostName(serverName) == UriHostNameType.Unknown)
        {
            section.Mistake("serverName", $"is \"{serverName}\"; allowed: a host name or an IP address");
        }

        section.Done();
        return section.Element is null || !opensFiles ? null : new TlsFiles
        {
            Authorities = authorities?.Content,
            Certificate = certificates is { } c && identity is { } i ? new DeviceCertificate(c.Path, i.Path, (c.Text, i.Text), i.Content) : null,
            ServerName = serverName,
            Text = $"{authorities?.Text}\n{certificates?.Text}",
        };
    }

    private (string Path, string Text, T Content)? ReadFile<T>(string key, string allowed, Func<string, T?> read)
        where T : class
    {
        if (section.Text(key) is not { } given)
        {
            return null;
        }

        try
        {
            var path = given.Length > 0 ? Path.GetFullPath(given, directory) : throw new FormatException("names no file");
            if (opensFiles)
            {
                var text = File.ReadAllText(path);
                return read(text) is { } content ? (path, text, content) : null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            section.Mistake(key, $"is \"{given}\", which {(exception is FormatException ? exception.Message : $"cannot be read ({exception.Message})")}; allowed: {allowed}");
        }

        return null;
    }
}
