using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using IotTelemetry.Edge.Commands;
using IotTelemetry.Edge.Control;
using IotTelemetry.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace IotTelemetry.Edge.Tests.Control;

/// <summary>The socket by which <c>iot-edge set</c> reaches the running agent.</summary>
[SupportedOSPlatform("linux")]
public sealed class ControlServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Set_goes_through_the_same_interlocks_and_is_journaled_with_the_user()
    {
        await using var room = await SwitchRoom.OpenAsync(Group());
        await using var server = Serve(room);
        Assert.Equal([CommandState.Executed], (await AskAsync(room, "qf1/state", "true")).Select(r => r.State));
        Assert.Equal([CommandCode.Interlock], (await AskAsync(room, "qf2/state", "true")).Select(r => r.Code));
        Assert.Equal([(Switchgear.State(1), 1.0)], room.Gear.Writes);
        var journal = await File.ReadAllTextAsync(room.JournalPath);
        Assert.Contains($"\"author\":\"{ControlPeer.Self().Author(null)}\",\"reason\":\"phase test\"", journal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_selects_and_operates_where_a_point_wants_it_and_leaves_nothing_selected()
    {
        await using var room = await SwitchRoom.OpenAsync(Group() with { SelectFirst = ["state"] });
        await using var server = Serve(room);
        Assert.Equal([CommandState.Selected, CommandState.Executed], (await AskAsync(room, "qf1/state", "true")).Select(r => r.State));
        Assert.Equal([CommandCode.Interlock], (await AskAsync(room, "qf2/state", "true")).Select(r => r.Code));
        Assert.Equal([CommandState.Selected, CommandState.Executed], (await AskAsync(room, "qf1/state", "false")).Select(r => r.State));
        Assert.Equal([CommandState.Selected, CommandState.Executed], (await AskAsync(room, "qf2/state", "true")).Select(r => r.State));
        Assert.Equal([(Switchgear.State(1), 1.0), (Switchgear.State(1), 0.0), (Switchgear.State(2), 1.0)], room.Gear.Writes);
    }

    [Theory]
    [InlineData("qf1", "true", "ASSET/POINT")]
    [InlineData("qf9/state", "true", "there is no qf9/state here")]
    [InlineData("qf1/closed", "true", "cannot be set")]
    [InlineData("qf1/state", "1", "takes on and off")]
    public async Task What_cannot_be_meant_is_told(string point, string value, string problem)
    {
        await using var room = await SwitchRoom.OpenAsync();
        await using var server = Serve(room);
        Assert.Contains(problem, Assert.Single(await LinesAsync(room, point, value)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"verb\":\"reboot\"}\n", "reboot is not known")]
    [InlineData("what\n", "cannot be read")]
    [InlineData("null\n", "null is not known")]
    public async Task Other_requests_are_refused_with_the_reason(string request, string problem)
    {
        await using var room = await SwitchRoom.OpenAsync();
        await using var server = Serve(room);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(PathIn(room)));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream);
        Assert.Contains(problem, await reader.ReadToEndAsync().WaitAsync(Patience), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_agents_user_can_open_it_and_one_left_behind_is_replaced()
    {
        await using var room = await SwitchRoom.OpenAsync();
        await File.WriteAllTextAsync(PathIn(room), "left by a crash");
        await using (Serve(room))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathIn(room)));
            Assert.Equal([CommandState.Executed], (await AskAsync(room, "qf1/state", "true")).Select(r => r.State));
        }

        Assert.False(File.Exists(PathIn(room)));
        Assert.False(await ControlClient.AskAsync(PathIn(room), new ControlRequest { Verb = "set" }, _ => { }, CancellationToken.None));
    }

    [Fact]
    public async Task Clients_that_do_not_read_lose_their_connections_and_others_are_served()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "control.sock");
        var flooding = 0;
        var verbs = new Dictionary<string, ControlVerb>
        {
            ["ping"] = static (_, _, reply, _) => reply.WriteAsync("1"u8.ToArray()),
            ["flood"] = async (_, _, reply, _) =>
            {
                Interlocked.Increment(ref flooding);
                while (true)
                {
                    await reply.WriteAsync(new byte[64 * 1024]);
                }
            },
        };
        await using var server = new ControlServer(path, verbs, NullLogger.Instance, patience: TimeSpan.FromSeconds(2));
        server.Start();
        var stopped = new List<Socket>();
        try
        {
            for (var i = 0; i < ControlServer.MaximumConnections; i++)
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                stopped.Add(socket);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
                await socket.SendAsync("{\"verb\":\"flood\"}\n"u8.ToArray());
            }

            await SwitchRoom.WaitAsync(() => Volatile.Read(ref flooding) == ControlServer.MaximumConnections);
            var answers = new List<string>();
            Assert.True(await ControlClient.AskAsync(path, new ControlRequest { Verb = "ping" }, answers.Add, CancellationToken.None).WaitAsync(Patience));
            Assert.Equal(["1"], answers);
        }
        finally
        {
            stopped.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Without_file_descriptors_it_says_so_once_and_serves_again_when_there_are_some()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "control.sock");
        using var child = Process.Start(new ProcessStartInfo("dotnet", [typeof(CrashChild).Assembly.Location, "serve", path]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        try
        {
            Assert.Equal("ready", await child.StandardOutput.ReadLineAsync().WaitAsync(Patience));
            await AskAsync();
            await LimitAsync("0");
            var waiting = AskAsync();
            Assert.Contains("cannot take connections just now", await child.StandardOutput.ReadLineAsync().WaitAsync(Patience), StringComparison.Ordinal);
            await LimitAsync("256");
            await waiting;
            child.StandardInput.Close();
            Assert.Equal("", await child.StandardOutput.ReadToEndAsync().WaitAsync(Patience));
        }
        finally
        {
            child.Kill();
        }

        async Task AskAsync() => Assert.True(await ControlClient.AskAsync(path, new ControlRequest { Verb = "ping" }, _ => { }, CancellationToken.None).WaitAsync(Patience));

        async Task LimitAsync(string files)
        {
            // The soft limit alone, so that it may be raised again.
            using var limiting = Process.Start("prlimit", ["--pid", child.Id.ToString(CultureInfo.InvariantCulture), $"--nofile={files}:"]);
            await limiting.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(0, limiting.ExitCode);
        }
    }

    [Fact]
    public void Root_may_say_for_whom_it_acts_and_nobody_else()
    {
        Assert.Equal("local:root", new ControlPeer(0).Author(null));
        Assert.Equal("local:anna (root)", new ControlPeer(0).Author("anna"));
        Assert.Equal("local:uid 4294900000", new ControlPeer(4_294_900_000).Author("anna"));
    }

    private static Interlocks.SwitchingOptions Group() => Commands.CommandDeskTests.Group();

    private static string PathIn(SwitchRoom room) => Path.Combine(room.StateDirectory, "control.sock");

    private static ControlServer Serve(SwitchRoom room)
    {
        var verbs = new Dictionary<string, ControlVerb> { [LocalSwitch.Verb] = room.Control.Local.AnswerAsync };
        var server = new ControlServer(PathIn(room), verbs, NullLogger.Instance);
        server.Start();
        return server;
    }

    private static async Task<IEnumerable<CommandResult>> AskAsync(SwitchRoom room, string point, string value) =>
        (await LinesAsync(room, point, value)).Select(line => CommandResult.Decode(System.Text.Encoding.UTF8.GetBytes(line)));

    private static async Task<List<string>> LinesAsync(SwitchRoom room, string point, string value)
    {
        var lines = new List<string>();
        using var json = JsonDocument.Parse(value);
        var request = new ControlRequest { Verb = "set", Point = point, Value = json.RootElement, Reason = "phase test" };
        Assert.True(await ControlClient.AskAsync(PathIn(room), request, lines.Add, CancellationToken.None).WaitAsync(Patience));
        return lines;
    }
}
