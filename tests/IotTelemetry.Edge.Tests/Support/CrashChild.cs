using System.Globalization;
using System.Text;
using IotTelemetry.Edge.Control;

namespace IotTelemetry.Edge.Tests;

/// <summary>
/// The process that is killed: <c>append DIRECTORY SEED</c> opens the outbox and appends, confirms and changes epochs at random until its end comes, and says
/// each thing on standard output once it has happened. <c>serve SOCKET</c> answers the verb <c>ping</c> over a control socket until its standard input ends, and says what it logs.
/// </summary>
internal static class CrashChild
{
    public static int Main(string[] args)
    {
        if (args is ["serve", var socket])
        {
            Serve(socket);
            return 0;
        }

        if (args is not ["append", var directory, var seed])
        {
            Console.Error.WriteLine("These are tests: run them with dotnet test.");
            return 2;
        }

        var random = new Random(int.Parse(seed, CultureInfo.InvariantCulture));
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        using var outbox = TestOutbox.Open(directory, o => o with { SegmentBytes = 4096, FlushInterval = TimeSpan.FromMilliseconds(2), CursorInterval = TimeSpan.FromMilliseconds(5) });
        using var stop = new CancellationTokenSource();
        var upkeep = outbox.RunAsync(stop.Token);
        for (var i = 0; i < 200_000; i++)
        {
            var (epoch, seq) = outbox.Append(new TestFrame());
            output.WriteLine($"appended {epoch} {seq}");
            if (random.Next(40) == 0)
            {
                var confirmed = seq - (ulong)random.Next((int)Math.Min(seq, 30));
                output.WriteLine($"confirming {epoch} {confirmed}");
                outbox.Confirm(epoch, confirmed);
            }

            if (random.Next(400) == 0)
            {
                outbox.BeginEpoch("the test wants one");
            }
        }

        stop.Cancel();
        upkeep.Wait(TimeSpan.FromSeconds(5));
        return 0;
    }

    private static void Serve(string socket)
    {
        using var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        var verbs = new Dictionary<string, ControlVerb> { ["ping"] = static (_, _, reply, _) => reply.WriteAsync(Encoding.UTF8.GetBytes("\"pong\"")) };
        var server = new ControlServer(socket, verbs, new RecordingLog(output.WriteLine));
        server.Start();
        output.WriteLine("ready");
        Console.In.ReadToEnd();
    }
}
