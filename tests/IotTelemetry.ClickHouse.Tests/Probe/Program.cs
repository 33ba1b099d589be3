using System.Runtime.InteropServices;
using IotTelemetry.ClickHouse;
using IotTelemetry.ClickHouse.Embedded;
using IotTelemetry.ClickHouse.Probe;

if (args is not [string mode, string directory])
{
    Console.Error.WriteLine("usage: probe MODE DATA-DIRECTORY");
    return 2;
}

EmbeddedEngine engine;
string handlersBefore = ProcessSignals.Describe();
try
{
    engine = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = directory, CloseTimeout = TimeSpan.FromSeconds(mode == "hang" ? 1 : 10) });
}
catch (Exception e) when (e is IotTelemetry.ClickHouse.ClickHouseException or InvalidOperationException)
{
    Console.WriteLine($"{e.GetType().Name}: {e.Message}");
    return 3;
}

ProbeWork work = new(engine);
switch (mode)
{
    case "count":
        Console.WriteLine(await work.CountAsync());
        await engine.DisposeAsync();
        return 0;

    case "return":
        await work.InsertAsync(20);
        return 0; // the engine is left open on purpose

    case "environment-exit":
        await work.InsertAsync(20);
        work.StartEndlessQueries();
        Environment.Exit(5);
        return 0;

    case "unhandled":
        await work.InsertAsync(20);
        work.StartEndlessQueries();
        new Thread(() => throw new InvalidOperationException("nobody handles this")).Start();
        await Task.Delay(Timeout.Infinite);
        return 0;

    case "wait":
        await work.InsertAsync(20);
        work.StartEndlessQueries();
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
        return 0;

    case "host":
        // As a .NET host does: the signal is handled, the program winds down and disposes.
        TaskCompletionSource stop = new();
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.SetResult();
        }))
        {
            await work.InsertAsync(20);
            Console.WriteLine("ready");
            await stop.Task;
            await engine.DisposeAsync();
        }

        return 0;

    case "insert-forever":
        for (int stored = 1; ; stored++)
        {
            await work.InsertAsync(1);
            Console.WriteLine(stored);
        }

    case "null-reference":
        await work.InsertAsync(20);
        int caught = 0;
        for (int i = 0; i < 100; i++)
        {
            caught += ProbeWork.CatchesNullReference() ? 1 : 0;
            await work.CountAsync();
        }

        Console.WriteLine(caught);
        await engine.DisposeAsync();
        return 0;

    case "collections":
        await work.InsertAsync(20);
        work.StartEndlessQueries();
        Console.WriteLine((long)ProbeWork.LongestCollection().TotalMilliseconds);
        return 0;

    case "signals":
        await work.InsertAsync(20);
        await work.CountAsync();
        string handlersAfter = ProcessSignals.Describe();
        Console.WriteLine(handlersBefore == handlersAfter ? "same" : $"before:\n{handlersBefore}after:\n{handlersAfter}");
        await engine.DisposeAsync();
        return 0;

    case "hang":
        await work.InsertAsync(20);
        _ = engine.QueryAsync("SELECT sleep(3), sleep(2.9) SETTINGS function_sleep_max_microseconds_per_block = 0", "Null", Stream.Null);
        Console.WriteLine("ready");
        await Task.Delay(500);
        return 6;

    case "token":
        // Twice in one process, and the test runs this in two processes.
        await work.InsertWithTokenAsync();
        await work.InsertWithTokenAsync();
        Console.WriteLine(await work.CountAsync());
        await engine.DisposeAsync();
        return 0;

    case "dispose-in-query":
        await work.InsertAsync(20);
        Console.WriteLine(await ProbeWork.EndOfQueryAsync(engine));
        return 0;

    case "reopen":
        await work.InsertAsync(20);
        await engine.DisposeAsync();
        EmbeddedEngine again = await EmbeddedEngine.OpenAsync(new EmbeddedEngineOptions { DataDirectory = directory });
        Console.WriteLine(await new ProbeWork(again).CountAsync());
        await again.DisposeAsync();
        return 0;

    default:
        Console.Error.WriteLine($"no such mode: {mode}");
        return 2;
}
