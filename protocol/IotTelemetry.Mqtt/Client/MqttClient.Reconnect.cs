using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace IotTelemetry.Mqtt;

/// <content>Making connections, for as long as the client lives.</content>
public sealed partial class MqttClient
{
    private readonly ConnectionOpener _opener;
    private string _clientId;
    private bool _cleanStart;
    private long _connections;
    private long _nextSequence = 1;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _supervisor = Task.CompletedTask;
    private MqttConnection? _current;
    private string? _failureSaid;

    private bool WillReconnect => _options.Reconnect.Enabled && !_ending.IsCancellationRequested;

    /// <summary>
    /// Completes when the client has ended and will not connect again: in order when it was disconnected, disposed, or lost its connection with reconnection turned off; faulted by an
    /// error that another attempt does not mend.
    /// </summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Makes the first connection; afterwards the client reconnects by itself until it is disposed.
    /// </summary>
    /// <exception cref="MqttConnectException">The connection could not be made (unless <see cref="MqttReconnectOptions.RetryFirstConnection"/>).</exception>
    /// <exception cref="InvalidOperationException">The client is or was connected already.</exception>
    public async Task<MqttConnectionInfo> ConnectAsync(CancellationToken cancellationToken = default)
    {
        var first = new TaskCompletionSource<MqttConnectionInfo>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ThrowIfEnded();
            MoveTo(MqttClientState.Connecting);
            _cleanStart = _options.CleanStart;
            _supervisor = Task.Run(() => SuperviseAsync(first, cancellationToken), CancellationToken.None);
        }

        return await first.Task.ConfigureAwait(false);
    }

    private async Task SuperviseAsync(TaskCompletionSource<MqttConnectionInfo> first, CancellationToken connecting)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        try
        {
            // The caller's token ends the first connecting only: cancelled later, it means nothing.
            using var registration = connecting.Register(() =>
            {
                if (first.TrySetCanceled(connecting))
                {
                    giveUp.Cancel();
                }
            });
            var retry = BuildRetry(first);
            await retry.ExecuteAsync(Attempt, (Client: this, First: first), giveUp.Token).ConfigureAwait(false);
            while (_options.Reconnect.Enabled && !_ending.IsCancellationRequested)
            {
                // The first attempt after a stable connection is spread as well: a server that restarts loses all its clients at once.
                await Task.Delay(_options.Reconnect.InitialDelay * _options.Random(), _options.TimeProvider, _ending.Token).ConfigureAwait(false);
                await retry.ExecuteAsync(Attempt, (Client: this, First: first), _ending.Token).ConfigureAwait(false);
            }

            Close(null);
        }
        catch (Exception exception)
        {
            if (first.Task.IsCompletedSuccessfully || _ending.IsCancellationRequested)
            {
                Close(_ending.IsCancellationRequested ? null : exception);
            }
            else
            {
                lock (_gate)
                {
                    MoveTo(MqttClientState.Created);
                }
            }

            first.TrySetException(exception);
        }

        static ValueTask Attempt((MqttClient Client, TaskCompletionSource<MqttConnectionInfo> First) state, CancellationToken cancellationToken) =>
            state.Client.ConnectAndServeAsync(state.First, cancellationToken);
    }

    private ResiliencePipeline BuildRetry(TaskCompletionSource<MqttConnectionInfo> first)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = _options.TimeProvider };
        return builder.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is MqttClientException
                && (first.Task.IsCompleted ? _options.Reconnect.Enabled : _options.Reconnect.RetryFirstConnection)),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Randomizer = _options.Random,
            Delay = _options.Reconnect.InitialDelay,
            MaxDelay = _options.Reconnect.MaximumDelay,
        }).Build();
    }

    /// <summary>
    /// One attempt, and if it succeeds the whole life of the connection. A connection that did not last counts as a failed attempt, so that two clients
    /// with one identifier, or a server that accepts and closes, do not make a storm.
    /// </summary>
    private async ValueTask ConnectAndServeAsync(TaskCompletionSource<MqttConnectionInfo> first, CancellationToken cancellationToken)
    {
        OpenedConnection opened;
        try
        {
            opened = await _opener.OpenAsync(_clientId, _cleanStart, cancellationToken).ConfigureAwait(false);
        }
        catch (MqttConnectException exception)
        {
            if (first.Task.IsCompleted || _options.Reconnect.RetryFirstConnection)
            {
                // Once, until it fails for another reason: a server may be away for weeks. What TLS fails by stays, its details change with the moment.
                var failure = exception.TlsFailure?.ToString() ?? exception.Message;
                ClientLog.AttemptFailed(_options.Logger, failure == _failureSaid ? LogLevel.Debug : LogLevel.Warning, _options.Endpoint, exception.Message);
                _failureSaid = failure;
                RaiseDisconnected(new ConnectionEnd(
                    exception.Reason ?? MqttReasonCode.UnspecifiedError,
                    exception.Reason is not null,
                    exception.ServerReference,
                    exception.ReasonString,
                    exception));
            }

            throw;
        }

        _failureSaid = null;
        var started = _options.TimeProvider.GetTimestamp();
        var connection = new MqttConnection(this, _options, _gate, opened.Transport, opened.Received, opened.Info, _nextSequence);
        await using (connection.ConfigureAwait(false))
        {
            var run = Begin(connection, first);
            var end = await run.ConfigureAwait(false);
            Finish(connection);
            LogEnd(end);
            RaiseDisconnected(end);
            if (_options.TimeProvider.GetElapsedTime(started) < _options.Reconnect.StableAfter)
            {
                throw new MqttConnectionLostException(
                    $"The connection to {_options.Endpoint} did not last {_options.Reconnect.StableAfter}: {end.Reason}.", end.Exception);
            }
        }
    }

    private Task<ConnectionEnd> Begin(MqttConnection connection, TaskCompletionSource<MqttConnectionInfo> first)
    {
        var info = connection.Info;
        lock (_gate)
        {
            _ending.Token.ThrowIfCancellationRequested();
            first.TrySetResult(info);
            if (first.Task.IsCanceled)
            {
                throw new OperationCanceledException("The connection came after its caller had given up.");
            }

            _current = connection;
            ConnectionInfo = info;
            _clientId = info.ClientId;
            _cleanStart = _options.SessionExpiry == TimeSpan.Zero;
            _connections++;
            MoveTo(MqttClientState.Connected);
            Attach(connection);
        }

        ClientLog.Connected(_options.Logger, _options.Endpoint, info.ClientId, info.SessionPresent);
        Raise(nameof(Connected), () => Connected?.Invoke(info));
        return connection.RunAsync();
    }

    private void Finish(MqttConnection connection)
    {
        lock (_gate)
        {
            Detach(connection);
            _current = null;
            _nextSequence = connection.Window.NextSequence;
            EndReauthentication(new MqttConnectionLostException("The connection ended during the re-authentication."));
            if (_state == MqttClientState.Connected)
            {
                MoveTo(WillReconnect ? MqttClientState.Reconnecting : MqttClientState.Closed);
            }
        }
    }

    /// <summary>Ends the client: nothing waits any longer.</summary>
    private void Close(Exception? why)
    {
        MqttSubscription[] subscriptions;
        lock (_gate)
        {
            if (_state is not (MqttClientState.Closed or MqttClientState.Disposed))
            {
                MoveTo(MqttClientState.Closed);
            }

            FailEverything();
            subscriptions = _subscriptions;
        }

        foreach (var subscription in subscriptions)
        {
            subscription.Answered.TrySetException(new MqttConnectionLostException("The client was closed before the server answered.", why));
            subscription.Unsubscribed.TrySetResult();
        }

        if (why is null)
        {
            _completion.TrySetResult();
        }
        else if (_completion.TrySetException(why))
        {
            _ = Completion.Exception; // seen: nobody has to look at it
        }
    }

    private void LogEnd(ConnectionEnd end)
    {
        if (end.IsOrderly)
        {
            ClientLog.SaidGoodbye(_options.Logger, _options.Endpoint, end.Reason);
        }
        else
        {
            ClientLog.Disconnected(_options.Logger, _options.Endpoint, end.Reason, end.ByServer, WillReconnect, end.Exception);
        }
    }

    private void RaiseDisconnected(ConnectionEnd end)
    {
        var willReconnect = WillReconnect;
        var disconnection = new MqttDisconnection(end.Reason, end.ByServer, willReconnect, end.ServerReference, end.ReasonString, end.Exception);
        Raise(nameof(Disconnected), () => Disconnected?.Invoke(disconnection));
    }

    private void Raise(string name, Action invoke)
    {
        try
        {
            invoke();
        }
        catch (Exception exception)
        {
            ClientLog.EventHandlerFailed(_options.Logger, name, exception);
        }
    }
}
