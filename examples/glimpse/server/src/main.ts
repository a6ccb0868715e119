import { NestFactory } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';

import { AppModule } from './app.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule, {
    httpsOptions: {
      keepAlive: true,
      keepAliveTimeout: 60 * 1000, // milliseconds
    },
  });

  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('Connection', 'keep-alive');
    response.setHeader('Keep-Alive', 'timeout=60, max=1000');
    next();
  });

  await app.listen(3001);
}

void bootstrap();
