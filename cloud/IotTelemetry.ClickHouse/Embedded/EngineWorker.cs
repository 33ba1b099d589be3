using System.Collections.Concurrent;

namespace IotTelemetry.ClickHouse.Embedded;

/// <summary>
/// One connection and the thread that alone uses it. Calls into the engine block for as long as a statement runs; on the thread pool, which starts with one
/// thread per core and adds about one per second, a few slow queries would hold up everything else in the process. So each connection brings its own thread.
/// </summary>
internal sealed class EngineWorker
{
    // ClickHouse's parser and analyzer recurse; it measures its stack and expects Linux's usual 8 MiB.
    private const int StackBytes = 8 << 20;
    private readonly BlockingCollection<Action<ChdbConnection>> _work = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _dataDirectory;
    private readonly Thread _thread;

    private EngineWorker(string tag, EmbeddedEngineOptions options)
    {
        Tag = tag;
        _dataDirectory = options.DataDirectory;
        Settings = EngineArguments.SettingsFor(options, tag);
        _thread = new Thread(Work, StackBytes) { IsBackground = true, Name = tag };
    }

    /// <summary>Names the connection: its statements carry the tag as <c>log_comment</c>, so that another connection can find and kill them.</summary>
    public string Tag { get; }

    /// <summary>The settings with which the connection opened.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Starts the thread and opens the connection.</summary>
    public static async Task<EngineWorker> StartAsync(string tag, EmbeddedEngineOptions options)
    {
        EngineWorker worker = new(tag, options);
        worker._thread.Start();
        await worker._opened.Task.ConfigureAwait(false);
        return worker;
    }

    /// <summary>Runs <paramref name="work"/> on the thread, after what was given to it before.</summary>
    public Task<T> RunAsync<T>(Func<ChdbConnection, T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(connection =>
        {
            try
            {
                done.SetResult(work(connection));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <inheritdoc cref="RunAsync{T}(Func{ChdbConnection, T})"/>
    public Task RunAsync(Action<ChdbConnection> work) => RunAsync(connection =>
    {
        work(connection);
        return true;
    });

    /// <summary>No more work; the connection closes after the work at hand.</summary>
    public void BeginClose() => _work.CompleteAdding();

    /// <summary>Waits until the connection is closed.</summary>
    public bool WaitClosed(TimeSpan timeout) => _thread.Join(timeout);

    private void Post(Action<ChdbConnection> work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException e)
        {
            throw new ObjectDisposedException("The embedded ClickHouse engine is closed.", e);
        }
    }

    private void Work()
    {
        ChdbConnection? connection = null;
        try
        {
            connection = ChdbConnection.Open(EngineArguments.For(_dataDirectory, Settings)) ?? throw DataDirectoryLock.WhyRefused(_dataDirectory);
            _opened.SetResult();
        }
        catch (Exception e)
        {
            _opened.SetException(e);
            return;
        }

        foreach (Action<ChdbConnection> work in _work.GetConsumingEnumerable())
        {
            work(connection);
        }

        connection.Close();
    }
}
