using System.Net;
using System.Net.Sockets;

namespace IotTelemetry.Demo;

/// <summary>Addresses on this machine alone.</summary>
internal static class Loopback
{
    /// <summary>The field's usual port where it is free, else any free one (port 0).</summary>
    public static string Prefer(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return $"127.0.0.1:{port}";
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return "127.0.0.1:0";
        }
    }
}
