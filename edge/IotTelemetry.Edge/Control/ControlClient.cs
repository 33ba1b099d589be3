using System.Net.Sockets;
using System.Text.Json;

namespace IotTelemetry.Edge.Control;

/// <summary>Asks the running agent.</summary>
internal static class ControlClient
{
    /// <summary>Sends a request and hands over each answer as it comes.</summary>
    /// <returns>False when no agent listens at <paramref name="path"/>.</returns>
    /// <exception cref="IOException">The socket may not be opened, or the agent went away.</exception>
    public static async Task<bool> AskAsync(string path, ControlRequest request, Action<string> onAnswer, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable || !File.Exists(path))
        {
            return false;
        }
        catch (SocketException exception)
        {
            throw new IOException($"the agent's socket {path} cannot be opened: {exception.Message}", exception);
        }

        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), cancellationToken);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            onAnswer(line);
        }

        return true;
    }
}
