using System.Net;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Reads the addresses the service listens on.</summary>
internal static class BindAddress
{
    /// <summary>
    /// Parses <c>ADDRESS:PORT</c> (IPv6 in brackets, <c>localhost</c> allowed, port 0 lets the system choose).
    /// Only loopback addresses: whoever reaches a port without TLS and a password may write telemetry or read all of it.
    /// </summary>
    /// <exception cref="OptionException">The text is not an address, or the address is not loopback.</exception>
    public static IPEndPoint Parse(string key, string text)
    {
        IPEndPoint endpoint = ParseAny(key, text);
        return IPAddress.IsLoopback(endpoint.Address)
            ? endpoint
            : throw new OptionException(key, text, "only loopback addresses are allowed without TLS, for example 127.0.0.1:1883");
    }

    /// <summary>As <see cref="Parse"/>, for a listener that has TLS and asks for a password: any address.</summary>
    /// <exception cref="OptionException">The text is not an address.</exception>
    public static IPEndPoint ParseAny(string key, string text)
    {
        string literal = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text[9..] : text;
        bool portIsGiven = literal.LastIndexOf(':') > literal.LastIndexOf(']') && (literal.StartsWith('[') || literal.AsSpan().Count(':') == 1);
        return portIsGiven && IPEndPoint.TryParse(literal, out IPEndPoint? endpoint)
            ? endpoint
            : throw new OptionException(key, text, "allowed is ADDRESS:PORT, for example 127.0.0.1:1883 or [::1]:1883; port 0 takes a free one");
    }
}
